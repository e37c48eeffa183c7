import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../components/Button";
import { type Form, IssueText, TextAreaField, TextField } from "../../components/form";
import { Section } from "../../components/Page";
import styles from "./Contacts.module.css";
import { type ContactValues, MAX_OTHER_PHONES } from "./contactForm";
import { TagsField } from "./TagsField";

interface Props {
  form: Form<ContactValues>;
}

/** Several values under one label; a refusal of the whole stands below them. */
function Group({ form, name, label, help, children }: Props & { name: "otherPhones" | "data"; label: string; help?: string; children: ReactNode }) {
  const issue = form.issue(name);
  return (
    <fieldset className={styles.group} data-field={name}>
      <legend>{label}</legend>
      {help ? <p>{help}</p> : null}
      {children}
      {issue ? (
        <p className={styles.wrong} role="alert" data-testid={`error-${name}`}>
          <IssueText issue={issue} />
        </p>
      ) : null}
    </fieldset>
  );
}

function OtherPhones({ form }: Props) {
  const { t } = useTranslation();
  const numbers = form.values.otherPhones;
  const put = (otherPhones: string[]) => form.set({ otherPhones });
  return (
    <Group form={form} name="otherPhones" label={t("contacts.field.otherPhones")}>
      {numbers.map((number, index) => {
        const name = `otherPhones.${index}`;
        return (
          <div key={name} className={styles.item}>
            <TextField id={`${form.id}${name}`} name={name} label={t("contacts.form.otherPhone", { index: index + 1 })} value={number} type="tel" issue={form.issue(name)} autoFocus={number === ""} onChange={(value) => put(numbers.with(index, value))} onBlur={() => form.touch(name)} />
            <IconButton label={t("contacts.form.removePhone", { index: index + 1 })} icon={<Trash2 />} onClick={() => put(numbers.filter((_, other) => other !== index))} />
          </div>
        );
      })}
      <div>
        <Button size="small" icon={<Plus />} disabled={numbers.length >= MAX_OTHER_PHONES} onClick={() => put([...numbers, ""])} data-testid="add-phone">
          {t("contacts.form.addPhone")}
        </Button>
      </div>
    </Group>
  );
}

function Data({ form }: Props) {
  const { t } = useTranslation();
  const rows = form.values.data;
  const put = (data: ContactValues["data"]) => form.set({ data });
  return (
    <Group form={form} name="data" label={t("contacts.field.data")} help={t("contacts.form.dataHelp")}>
      {rows.map((row, index) => {
        const name = `data.${index}`;
        // The host knows the row by the name that stands in it.
        const issue = form.issue(name) ?? form.issue(`data.${row.name.trim()}`);
        return (
          <div key={name} className={styles.item}>
            <TextField id={`${form.id}${name}.name`} name={name} label={t("contacts.form.dataName", { index: index + 1 })} placeholder={t("contacts.form.dataNameHint")} value={row.name} issue={issue} autoFocus={row.name === "" && row.value === ""} onChange={(value) => put(rows.with(index, { ...row, name: value }))} onBlur={() => form.touch(name)} />
            <TextField id={`${form.id}${name}.value`} name={`${name}.value`} label={t("contacts.form.dataValue", { index: index + 1 })} placeholder={t("contacts.form.dataValueHint")} value={row.value} issue={undefined} onChange={(value) => put(rows.with(index, { ...row, value }))} onBlur={() => form.touch(name)} />
            <IconButton label={t("contacts.form.removeData", { index: index + 1 })} icon={<Trash2 />} onClick={() => put(rows.filter((_, other) => other !== index))} />
          </div>
        );
      })}
      <div>
        <Button size="small" icon={<Plus />} onClick={() => put([...rows, { name: "", value: "" }])} data-testid="add-data">
          {t("contacts.form.addData")}
        </Button>
      </div>
    </Group>
  );
}

export function ContactFields({ form }: Props) {
  const { t } = useTranslation();
  // A refusal names the one label; the field shows them as one.
  const tagIssue = form.issue("tags") ?? form.values.tags.map((_, index) => form.issue(`tags.${index}`)).find((issue) => issue !== undefined);
  return (
    <>
      <Section title={t("contacts.form.who")}>
        <div className={styles.two}>
          <TextField {...form.bind("name")} label={t("contacts.field.name")} autoFocus={form.values.name === "" && form.values.phone === ""} />
          <TextField {...form.bind("organization")} label={t("contacts.field.organization")} />
          <TextField {...form.bind("phone")} label={t("contacts.field.phone")} type="tel" help={t("contacts.form.phoneHelp")} />
          <TextField {...form.bind("email")} label={t("contacts.field.email")} type="email" />
        </div>
        <OtherPhones form={form} />
      </Section>
      <Section title={t("contacts.form.more")}>
        <div className={styles.stack}>
          <TextField {...form.bind("zone")} label={t("contacts.field.zone")} help={t("contacts.form.zoneHelp")} placeholder={t("contacts.form.zoneHint")} />
          <TagsField {...form.bind("tags")} issue={tagIssue} label={t("contacts.field.tags")} help={t("contacts.tagsHelp")} />
          <TextAreaField {...form.bind("notes")} label={t("contacts.field.notes")} rows={3} />
          <Data form={form} />
        </div>
      </Section>
    </>
  );
}
