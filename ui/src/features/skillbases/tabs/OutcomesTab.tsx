import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { MAX } from "../model/check";
import type { SkillbaseDocument } from "../model/document";
import { CollectChips } from "../parts/CollectChips";
import { useValue } from "../parts/context";
import { DocSelect, DocText } from "../parts/fields";
import { FieldTestFields } from "../parts/FieldTestFields";
import { ListEditor } from "../parts/ListEditor";
import { Part } from "../parts/Part";
import styles from "../parts/Parts.module.css";

const AT = "document.outcomes";
const MEANINGS = ["success", "refusal", "callback", "unknown"] as const;

const Result = memo(function Result({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={styles.three}>
        <DocText path={`${path}.name`} max={MAX.short} label={t("editor.outcome.name")} />
        <DocText path={`${path}.id`} mono max={64} label={t("editor.outcome.id")} />
        <DocSelect path={`${path}.means`} label={t("editor.outcome.means")} choices={MEANINGS.map((value) => ({ value, label: t(`outcome.${value}`) }))} />
      </div>
      <div>
        <span className={styles.label}>{t("editor.outcome.rules")}</span>
        <ListEditor
          path={`${path}.rules`}
          testid="outcome-rules"
          max={MAX.results}
          fresh={() => ({ field: "", operator: "is_set", value: "" })}
          addLabel={t("editor.outcome.ruleAdd")}
          empty={t("editor.outcome.noRules")}
          itemName={(index) => t("editor.outcome.rule", { index: index + 1 })}
          item={(rule) => <FieldTestFields path={rule} />}
        />
      </div>
      <CollectChips path={`${path}.requiredFields`} label={t("editor.outcome.requiredFields")} />
    </>
  );
});

function Default() {
  const { t } = useTranslation();
  const results = useValue<SkillbaseDocument["outcomes"]["results"]>(`${AT}.results`);
  const choices = useMemo(() => results.map(({ id, name }) => ({ value: id, label: name === "" ? id : name })), [results]);
  return <DocSelect path={`${AT}.default`} label={t("editor.outcome.default")} help={t("editor.outcome.defaultHelp")} choices={choices} />;
}

export const OutcomesTab = memo(function OutcomesTab() {
  const { t } = useTranslation();
  return (
    <>
      <Part title={t("editor.outcome.title")} note={t("editor.outcome.note")}>
        <ListEditor
          path={`${AT}.results`}
          testid="results"
          framed
          max={MAX.results}
          fresh={() => ({ id: "", name: "", means: "unknown", rules: [], requiredFields: [] })}
          addLabel={t("editor.outcome.add")}
          itemName={(index) => t("editor.outcome.item", { index: index + 1 })}
          item={(path) => <Result path={path} />}
        />
      </Part>
      <Part title={t("editor.outcome.otherwise")}>
        <Default />
      </Part>
    </>
  );
});
