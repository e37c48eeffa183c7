import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { CollectField, FieldOperator } from "../model/document";
import { useValue } from "./context";
import { DocSelect, DocText } from "./fields";
import styles from "./Parts.module.css";

const OPERATORS: readonly FieldOperator[] = ["is_set", "is_not_set", "equals", "not_equals", "contains", "greater_than", "less_than"];
/** Fields that every conversation has. */
export const SPECIAL = ["callback_requested", "not_target_reason", "questions_answered", "all_required"] as const;

export function useFieldChoices() {
  const { t } = useTranslation();
  const fields = useValue<readonly CollectField[]>("document.conversation.fields");
  return useMemo(
    () => [...fields.filter(({ id }) => id !== "").map(({ id, description }) => ({ value: id, label: id, note: description.slice(0, 32) })), ...SPECIAL.map((id) => ({ value: id, label: t(`editor.special.${id}`) }))],
    [fields, t],
  );
}

/** A test of one collected field, as one line. */
export const FieldTestFields = memo(function FieldTestFields({ path }: { path: string }) {
  const { t } = useTranslation();
  const operator = useValue<FieldOperator>(`${path}.operator`);
  const choices = useFieldChoices();
  return (
    <div className={styles.test}>
      <DocSelect path={`${path}.field`} label={t("editor.test.field")} choices={choices} placeholder={t("editor.test.choose")} />
      <DocSelect path={`${path}.operator`} label={t("editor.test.operator")} choices={OPERATORS.map((value) => ({ value, label: t(`editor.operator.${value}`) }))} />
      {operator === "is_set" || operator === "is_not_set" ? null : <DocText path={`${path}.value`} max={100} label={t("editor.test.value")} />}
    </div>
  );
});
