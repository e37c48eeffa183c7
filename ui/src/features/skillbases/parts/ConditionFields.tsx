import { memo } from "react";
import { useTranslation } from "react-i18next";

import { SelectField } from "../../../components/form";
import { MAX } from "../model/check";
import type { Condition } from "../model/document";
import { read, write } from "../model/path";
import { useEdit, useProblem, useValue } from "./context";
import { DocArea } from "./fields";
import { FieldTestFields } from "./FieldTestFields";
import { WordsField } from "./WordsField";

const KINDS = ["always", "field", "keyword", "intent", "custom"] as const;

/** Another kind of condition keeps the words of the one before, where they mean the same. */
function asKind(kind: Condition["type"], before: Condition): Condition {
  const words = before.type === "custom" ? before.rule : before.type === "intent" ? before.intent : before.type === "keyword" ? before.keywords.join(", ") : "";
  const list = before.type === "keyword" ? before.keywords : before.type === "intent" ? before.phrases : [];
  switch (kind) {
    case "always":
      return { type: "always" };
    case "field":
      return { type: "field", test: { field: "", operator: "is_set", value: "" } };
    case "keyword":
      return { type: "keyword", keywords: list };
    case "intent":
      return { type: "intent", intent: words, phrases: list };
    case "custom":
      return { type: "custom", rule: words };
  }
}

export const ConditionFields = memo(function ConditionFields({ path }: { path: string }) {
  const { t } = useTranslation();
  const kind = useValue<Condition["type"]>(`${path}.type`);
  const problem = useProblem(path);
  const edit = useEdit();
  const change = (next: string) => edit.change(path, (root) => write(root, path, asKind(next as Condition["type"], read(root, path) as Condition)));
  return (
    <>
      <SelectField id={`editor-${path}`} name={path} label={t("editor.condition.label")} issue={problem} value={kind} choices={KINDS.map((value) => ({ value, label: t(`editor.condition.${value}`) }))} onBlur={() => undefined} onChange={change} />
      {kind === "field" ? <FieldTestFields path={`${path}.test`} /> : null}
      {kind === "keyword" ? <WordsField path={`${path}.keywords`} label={t("editor.condition.keywords")} help={t("editor.condition.keywordsHelp")} /> : null}
      {kind === "intent" ? (
        <>
          <DocArea path={`${path}.intent`} rows={1} max={MAX.text} label={t("editor.condition.intentText")} />
          <WordsField path={`${path}.phrases`} label={t("editor.condition.phrases")} help={t("editor.condition.phrasesHelp")} />
        </>
      ) : null}
      {kind === "custom" ? <DocArea path={`${path}.rule`} rows={2} max={MAX.text} label={t("editor.condition.rule")} help={t("editor.condition.ruleHelp")} /> : null}
    </>
  );
});

