import { Tabs as Base } from "@base-ui/react/tabs";
import { Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../components/Button";
import { type Form, IssueText, SegmentedField, TextAreaField, TextField } from "../../components/form";
import { type EditorTab, MAX_ITEMS, type SkillbaseValues, tabOf } from "./skillbaseForm";
import styles from "./Skillbases.module.css";

interface Props {
  form: Form<SkillbaseValues>;
}

const TABS: readonly EditorTab[] = ["about", "talk", "rules", "facts"];

/** Sentences in order, one field each. */
function Sentences({ form, list }: Props & { list: "rules" | "facts" }) {
  const { t } = useTranslation();
  const prefix = useId();
  const items = form.values[list];
  const put = (next: string[]) => form.set({ [list]: next });
  return (
    <div className={styles.stack}>
      <p>{t(`skillbase.${list}Help`)}</p>
      {items.map((item, index) => {
        const name = `${list}.${index}`;
        return (
          <div className={styles.item} key={name}>
            <TextAreaField
              id={`${prefix}${name}`}
              name={name}
              label={t(`skillbase.${list}Item`, { index: index + 1 })}
              value={item}
              rows={2}
              issue={form.issue(name)}
              onChange={(value) => put(items.with(index, value))}
              onBlur={() => form.touch(name)}
            />
            <IconButton label={t("skillbase.removeItem", { index: index + 1 })} size="small" icon={<Trash2 />} onClick={() => put(items.filter((_, other) => other !== index))} />
          </div>
        );
      })}
      <div>
        <Button icon={<Plus />} disabled={items.length >= MAX_ITEMS} onClick={() => put([...items, ""])} data-testid={`add-${list}`}>
          {t(`skillbase.${list}Add`)}
        </Button>
      </div>
    </div>
  );
}

export function Tabs({ form, tab, onTab }: Props & { tab: EditorTab; onTab: (tab: EditorTab) => void }) {
  const { t } = useTranslation();
  const wrong = (name: EditorTab) => Object.keys(form.shown).filter((field) => tabOf(field) === name).length;
  const size: Partial<Record<EditorTab, number>> = { rules: form.values.rules.length, facts: form.values.facts.length };
  return (
    <Base.Root value={tab} onValueChange={(next) => onTab(next as EditorTab)}>
      <Base.List className={styles.tabs} aria-label={t("skillbase.parts")}>
        {TABS.map((name) => (
          <Base.Tab key={name} value={name} className={styles.tab} data-testid={`tab-${name}`}>
            {t(`skillbase.tab.${name}`)}
            {wrong(name) > 0 ? <small data-wrong="">{t("skillbase.wrong", { count: wrong(name) })}</small> : size[name] ? <small>{size[name]}</small> : null}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel value="about" keepMounted className={styles.stack} hidden={tab !== "about"}>
        <TextField {...form.bind("name")} label={t("skillbase.name")} />
        <TextAreaField {...form.bind("description")} label={t("skillbase.description")} help={t("skillbase.descriptionHelp")} />
        <SegmentedField
          {...form.bind("language")}
          label={t("skillbase.language")}
          help={t("skillbase.languageHelp")}
          choices={[
            { value: "ru", label: t("language.ru") },
            { value: "en", label: t("language.en") },
          ]}
        />
      </Base.Panel>
      <Base.Panel value="talk" keepMounted className={styles.stack} hidden={tab !== "talk"}>
        <TextAreaField {...form.bind("greeting")} label={t("skillbase.greeting")} help={t("skillbase.greetingHelp")} />
        <TextAreaField {...form.bind("role")} label={t("skillbase.role")} help={t("skillbase.roleHelp")} />
        <TextAreaField {...form.bind("style")} label={t("skillbase.style")} help={t("skillbase.styleHelp")} />
      </Base.Panel>
      <Base.Panel value="rules" keepMounted hidden={tab !== "rules"}>
        <Sentences form={form} list="rules" />
      </Base.Panel>
      <Base.Panel value="facts" keepMounted hidden={tab !== "facts"}>
        <Sentences form={form} list="facts" />
      </Base.Panel>
    </Base.Root>
  );
}

/** What the called person meets, and what the bot is told. */
export function Preview({ values }: { values: SkillbaseValues }) {
  const { t } = useTranslation();
  const list = (items: string[]) => (items.length === 0 ? <p className={styles.faint}>{t("skillbase.nothing")}</p> : null);
  const keyed = (items: string[]) => items.map((text, index) => ({ key: `${index}`, text }));
  return (
    <aside className={styles.preview} aria-label={t("skillbase.preview")}>
      <h2>{t("skillbase.preview")}</h2>
      {values.greeting.trim() === "" ? <p className={styles.faint}>{t("skillbase.noGreeting")}</p> : <p className={styles.bubble}>{values.greeting}</p>}
      <h3>{t("skillbase.role")}</h3>
      {values.role.trim() === "" ? list([]) : <p>{values.role}</p>}
      <h3>{t("skillbase.style")}</h3>
      {values.style.trim() === "" ? list([]) : <p>{values.style}</p>}
      <h3>{t("skillbase.tab.rules")}</h3>
      {list(values.rules)}
      <ul>
        {keyed(values.rules).map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
      <h3>{t("skillbase.tab.facts")}</h3>
      {list(values.facts)}
      <ul>
        {keyed(values.facts).map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
    </aside>
  );
}

/** Everything that is wrong on any tab; a press opens it. */
export function Problems({ form, onOpen }: Props & { onOpen: (tab: EditorTab) => void }) {
  const { t } = useTranslation();
  const problems = Object.entries(form.shown);
  if (problems.length === 0) return null;
  const label = (field: string) => {
    const [list = "", index] = field.split(".");
    return index === undefined ? t(`skillbase.${list}`) : t(`skillbase.${list}Item`, { index: Number(index) + 1 });
  };
  return (
    <div className={styles.problems} data-testid="problems" aria-live="polite">
      <h3>{t("skillbase.problems", { count: problems.length })}</h3>
      <ul>
        {problems.map(([field, issue]) => (
          <li key={field}>
            <button type="button" onClick={() => onOpen(tabOf(field))}>
              {label(field)}
              {": "}
              <IssueText issue={issue} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
