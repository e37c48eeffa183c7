import { memo } from "react";
import { useTranslation } from "react-i18next";

import { MAX } from "../model/check";
import type { CollectField } from "../model/document";
import { newField } from "../model/fresh";
import { COURSES, type CoursePart } from "../model/places";
import { useProblems, useValue } from "../parts/context";
import { DocArea, DocNumber, DocSelect, DocSwitch, DocText } from "../parts/fields";
import { ListEditor } from "../parts/ListEditor";
import { Part } from "../parts/Part";
import styles from "../parts/Parts.module.css";
import { WordsField } from "../parts/WordsField";
import { courseOf, tabOf } from "../model/places";
import { Course } from "./Course";

const AT = "document.conversation";

function Opening() {
  const { t } = useTranslation();
  return (
    <>
      <Part title={t("editor.conversation.greetings")} note={t("editor.conversation.greetingsNote")}>
        <ListEditor
          path={`${AT}.greetings`}
          testid="greetings"
          max={MAX.greetings}
          fresh={() => ""}
          addLabel={t("editor.conversation.greetingsAdd")}
          itemName={(index) => t("editor.conversation.greetingsItem", { index: index + 1 })}
          item={(path, index) => <DocArea path={path} rows={2} max={MAX.text} label={t("editor.conversation.greetingsItem", { index: index + 1 })} />}
        />
      </Part>
      <Part title={t("editor.conversation.limits")} note={t("editor.conversation.limitsNote")}>
        <div className={styles.two}>
          <DocNumber path={`${AT}.limits.silenceSeconds`} min={3} max={120} unit={t("editor.unit.seconds")} label={t("editor.conversation.silence")} help={t("editor.conversation.silenceHelp")} />
          <DocNumber path={`${AT}.limits.maxTurns`} min={1} max={200} unit={t("editor.unit.turns")} label={t("editor.conversation.maxTurns")} />
          <DocNumber path={`${AT}.limits.maxRetries`} min={1} max={10} unit={t("editor.unit.tries")} label={t("editor.conversation.maxRetries")} help={t("editor.conversation.maxRetriesHelp")} />
        </div>
      </Part>
    </>
  );
}

const KINDS: readonly CollectField["type"][] = ["text", "phone", "email", "date", "time", "number", "choice", "boolean"];

const FieldItem = memo(function FieldItem({ path }: { path: string }) {
  const { t } = useTranslation();
  const kind = useValue<CollectField["type"]>(`${path}.type`);
  const bounded = kind === "number" || kind === "date" || kind === "time";
  return (
    <>
      <div className={styles.two}>
        <DocText path={`${path}.id`} mono max={64} label={t("editor.field.id")} />
        <DocSelect path={`${path}.type`} label={t("editor.field.type")} choices={KINDS.map((value) => ({ value, label: t(`editor.field.kind.${value}`) }))} />
      </div>
      <DocArea path={`${path}.description`} rows={1} max={MAX.text} label={t("editor.field.description")} />
      <DocArea path={`${path}.question`} rows={1} max={MAX.text} label={t("editor.field.question")} help={t("editor.field.questionHelp")} />
      {kind === "choice" ? <WordsField path={`${path}.validation.choices`} label={t("editor.field.choices")} /> : null}
      {bounded ? (
        <div className={styles.two}>
          <DocText path={`${path}.validation.min`} max={100} label={t("editor.field.min")} />
          <DocText path={`${path}.validation.max`} max={100} label={t("editor.field.max")} />
        </div>
      ) : null}
      {kind === "text" ? <DocText path={`${path}.validation.pattern`} mono max={MAX.pattern} label={t("editor.field.pattern")} /> : null}
      <WordsField path={`${path}.examples`} label={t("editor.field.examples")} />
      <DocSwitch path={`${path}.required`} label={t("editor.field.required")} />
    </>
  );
});

function Fields() {
  const { t } = useTranslation();
  return (
    <Part title={t("editor.conversation.fields")} note={t("editor.conversation.fieldsNote")}>
      <ListEditor path={`${AT}.fields`} testid="fields" framed max={MAX.items} fresh={newField} addLabel={t("editor.field.add")} empty={t("editor.field.none")} itemName={(index) => t("editor.field.item", { index: index + 1 })} item={(path) => <FieldItem path={path} />} />
    </Part>
  );
}

const ACTIONS = ["respond", "escalate", "end_call"] as const;

function Guardrails() {
  const { t } = useTranslation();
  return (
    <Part title={t("editor.conversation.guardrails")} note={t("editor.conversation.guardrailsNote")}>
      <ListEditor
        path="document.guardrails"
        testid="guardrails"
        framed
        max={50}
        fresh={() => ({ name: "", phrases: [], pattern: "", action: "respond", response: "" })}
        addLabel={t("editor.guardrail.add")}
        empty={t("editor.guardrail.none")}
        itemName={(index) => t("editor.guardrail.item", { index: index + 1 })}
        item={(path) => (
          <>
            <div className={styles.two}>
              <DocText path={`${path}.name`} max={MAX.short} label={t("editor.guardrail.name")} />
              <DocSelect path={`${path}.action`} label={t("editor.guardrail.action")} choices={ACTIONS.map((value) => ({ value, label: t(`editor.guardrail.${value}`) }))} />
            </div>
            <WordsField path={`${path}.phrases`} label={t("editor.guardrail.phrases")} help={t("editor.guardrail.phrasesHelp")} />
            <DocText path={`${path}.pattern`} mono max={MAX.pattern} label={t("editor.guardrail.pattern")} />
            <DocArea path={`${path}.response`} rows={2} max={MAX.text} label={t("editor.guardrail.response")} />
          </>
        )}
      />
    </Part>
  );
}

export const ConversationTab = memo(function ConversationTab({ part, onPart }: { part: CoursePart; onPart: (part: CoursePart) => void }) {
  const { t } = useTranslation();
  const wrong = useProblems().filter(({ path, severity }) => severity === "error" && tabOf(path) === "conversation");
  return (
    <div className={styles.conversation} data-part={part}>
      <div className={styles.subTabs} role="tablist" aria-label={t("editor.conversation.parts")}>
        {COURSES.map((name) => {
          const count = wrong.filter(({ path }) => courseOf(path) === name).length;
          return (
            <button key={name} type="button" role="tab" aria-selected={part === name} onClick={() => onPart(name)} data-testid={`course-${name}`}>
              {t(`editor.conversation.part.${name}`)}
              {count > 0 ? <small>{count}</small> : null}
            </button>
          );
        })}
      </div>
      {part === "opening" ? <Opening /> : part === "course" ? <Course /> : part === "fields" ? <Fields /> : <Guardrails />}
    </div>
  );
});
