import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { MAX } from "../model/check";
import { type Language, LANGUAGES } from "../model/document";
import { write } from "../model/path";
import { useEdit, useValue } from "../parts/context";
import { DocArea, DocSelect, DocSwitch, DocText } from "../parts/fields";
import { ListEditor } from "../parts/ListEditor";
import { Part } from "../parts/Part";
import styles from "../parts/Parts.module.css";

const AT = "document.identity";

function OtherLanguages() {
  const { t } = useTranslation();
  const path = `${AT}.otherLanguages`;
  const first = useValue<Language>(`${AT}.language`);
  const others = useValue<readonly Language[]>(path);
  const edit = useEdit();
  return (
    <div>
      <span className={styles.label} id="other-languages">
        {t("editor.identity.otherLanguages")}
      </span>
      <ToggleGroup multiple value={others} onValueChange={(next) => edit.change(path, (root) => write(root, path, LANGUAGES.filter((code) => code !== first && next.includes(code))))} className={styles.chips} aria-labelledby="other-languages">
        {LANGUAGES.filter((code) => code !== first).map((code) => (
          <Toggle key={code} value={code} className={styles.chip} data-testid={`language-${code}`}>
            {t(`editor.language.${code}`)}
          </Toggle>
        ))}
      </ToggleGroup>
      <p className={styles.help}>{t("editor.identity.otherLanguagesHelp")}</p>
    </div>
  );
}

const Rules = memo(function Rules({ list }: { list: "rules" | "facts" }) {
  const { t } = useTranslation();
  return (
    <ListEditor
      path={`${AT}.${list}`}
      testid={list}
      max={MAX.items}
      fresh={() => ""}
      addLabel={t(`editor.identity.${list}Add`)}
      empty={t(`editor.identity.${list}Empty`)}
      itemName={(index) => t(`editor.identity.${list}Item`, { index: index + 1 })}
      item={(path, index) => <DocArea path={path} rows={1} max={MAX.text} label={t(`editor.identity.${list}Item`, { index: index + 1 })} />}
    />
  );
});

export const IdentityTab = memo(function IdentityTab() {
  const { t } = useTranslation();
  const choices = LANGUAGES.map((code) => ({ value: code, label: t(`editor.language.${code}`) }));
  const others = useValue<readonly Language[]>(`${AT}.otherLanguages`).length > 0;
  return (
    <>
      <Part title={t("editor.identity.what")}>
        <DocText path="name" max={MAX.name} label={t("editor.identity.name")} />
        <DocArea path="description" rows={2} max={MAX.description} label={t("editor.identity.description")} help={t("editor.identity.descriptionHelp")} />
      </Part>
      <Part title={t("editor.identity.who")} note={t("editor.identity.whoNote")}>
        <DocArea path={`${AT}.role`} max={MAX.text} label={t("editor.identity.role")} help={t("editor.identity.roleHelp")} />
        <DocArea path={`${AT}.style`} max={MAX.text} label={t("editor.identity.style")} help={t("editor.identity.styleHelp")} />
        <DocArea path={`${AT}.disclosure`} rows={2} max={MAX.text} label={t("editor.identity.disclosure")} help={t("editor.identity.disclosureHelp")} />
      </Part>
      <Part title={t("editor.identity.languages")}>
        <DocSelect path={`${AT}.language`} label={t("editor.identity.language")} choices={choices} />
        <OtherLanguages />
        {others ? <DocSwitch path={`${AT}.switchLanguage`} label={t("editor.identity.switchLanguage")} help={t("editor.identity.switchLanguageHelp")} /> : null}
      </Part>
      <Part title={t("editor.identity.rules")} note={t("editor.identity.rulesNote")}>
        <Rules list="rules" />
      </Part>
      <Part title={t("editor.identity.facts")} note={t("editor.identity.factsNote")}>
        <Rules list="facts" />
      </Part>
    </>
  );
});
