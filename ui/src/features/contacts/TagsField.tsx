import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { useCompany } from "../../components/company";
import { Field } from "../../components/form/Field";
import popup from "../../components/Popup.module.css";
import type { FieldProps } from "../../components/form/useForm";
import styles from "./Contacts.module.css";

interface Props extends FieldProps<string[]> {
  label: string;
  help?: string;
  /** Only tags that exist; nothing new is made here. */
  known?: boolean;
}

const same = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

/** Labels as chips: found by typing, made with Enter or a comma, taken away with Backspace. */
export function TagsField({ label, help, issue, value, onChange, onBlur, id, name, known = false }: Props) {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("contact_tags", { companyId: company.id }));
  const [typed, setTyped] = useState("");
  const word = typed.trim();
  const items = useMemo(() => {
    const all = [...new Set([...(data?.items ?? []), ...value])];
    return known || word === "" || all.some((tag) => same(tag, word)) ? all : [...all, word];
  }, [data, value, word, known]);
  const add = () => {
    const found = items.find((tag) => same(tag, word));
    if (found && !value.includes(found)) onChange([...value, found]);
    setTyped("");
  };
  return (
    <Field id={id} name={name} label={label} help={help} issue={issue}>
      <Combobox.Root
        multiple
        autoHighlight
        items={items}
        value={value}
        inputValue={typed}
        onInputValueChange={(next) => setTyped(next)}
        onValueChange={(next) => {
          onChange(next);
          setTyped("");
        }}
        onOpenChange={(open) => (open ? undefined : onBlur())}
      >
        <Combobox.InputGroup className={styles.tagsInput} data-testid={`tags-${name}`}>
          <Combobox.Chips className={styles.tagsChips}>
            {value.map((tag) => (
              <Combobox.Chip key={tag} className={styles.tag} aria-label={tag}>
                <span>{tag}</span>
                <Combobox.ChipRemove className={styles.tagRemove} aria-label={t("contacts.tagRemove", { tag })}>
                  <X aria-hidden />
                </Combobox.ChipRemove>
              </Combobox.Chip>
            ))}
            <Combobox.Input
              id={id}
              data-testid={`field-${name}`}
              maxLength={100}
              aria-describedby={issue || help ? `${id}-note` : undefined}
              placeholder={value.length === 0 ? t(known ? "contacts.tagsFind" : "contacts.tagsPlaceholder") : ""}
              onKeyDown={(event) => {
                if (event.key !== "," && event.key !== ";") return;
                event.preventDefault();
                add();
              }}
            />
          </Combobox.Chips>
        </Combobox.InputGroup>
        <Combobox.Portal>
          <Combobox.Positioner className={popup.positioner} sideOffset={4}>
            <Combobox.Popup className={`${popup.popup} ${styles.tagsList}`}>
              <Combobox.Empty className={styles.tagsNone}>{t(known ? "common.nothingFound" : "contacts.tagsNone")}</Combobox.Empty>
              <Combobox.List>
                {(tag: string) => (
                  <Combobox.Item key={tag} value={tag} className={popup.item}>
                    {data?.items.includes(tag) || value.includes(tag) ? null : <Plus aria-hidden />}
                    <span>{data?.items.includes(tag) || value.includes(tag) ? tag : t("contacts.tagNew", { tag })}</span>
                    <Combobox.ItemIndicator className={popup.check}>{"✓"}</Combobox.ItemIndicator>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </Field>
  );
}

/** As many labels as have room for so many letters, but at least one. */
function fitting(tags: readonly string[], letters: number): number {
  let room = letters;
  const count = tags.findIndex((tag) => (room -= tag.length + 2) < 0);
  return count < 0 ? tags.length : Math.max(1, count);
}

/** All labels, in as many lines as they need. */
export function TagList({ tags }: { tags: readonly string[] }) {
  return (
    <span className={styles.tags} data-wrap="">
      {tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          <span>{tag}</span>
        </span>
      ))}
    </span>
  );
}

/** Labels in one line: as many as fit, the rest behind their number. */
export function TagChips({ tags, letters = 18 }: { tags: readonly string[]; letters?: number }) {
  const { t } = useTranslation();
  const most = fitting(tags, letters);
  const shown = tags.slice(0, most);
  const rest = tags.slice(most);
  return (
    <span className={styles.tags} title={tags.join(", ")}>
      {shown.map((tag) => (
        <span key={tag} className={styles.tag}>
          <span>{tag}</span>
        </span>
      ))}
      {rest.length > 0 ? (
        <small>
          <span aria-hidden>{`+${rest.length}`}</span>
          <span className="visually-hidden">{t("contacts.tagsMore", { tags: rest.join(", ") })}</span>
        </small>
      ) : null}
    </span>
  );
}
