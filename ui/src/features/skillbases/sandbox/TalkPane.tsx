import { ArrowUp, Bookmark, CircleCheck, CircleDashed, ListChecks, MessageSquareText, RotateCcw, Undo2, VolumeX } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { SandboxMode } from "../../../bindings/SandboxMode";
import type { SandboxView } from "../../../bindings/SandboxView";
import { Button, IconButton } from "../../../components/Button";
import { InlineFailure } from "../../../components/Failure";
import { SegmentedField } from "../../../components/form";
import form from "../../../components/form/Form.module.css";
import { useFormat } from "../../../components/useFormat";
import { useEditing, useValue } from "../parts/context";
import type { SkillbaseDocument } from "../model/document";
import { noteText } from "./noteText";
import styles from "./Sandbox.module.css";
import { SaveCase } from "./SaveCase";
import { sentences, useTalk } from "./useTalk";

function Turns({ view }: { view: SandboxView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const end = useRef<HTMLLIElement>(null);
  const count = view.turns.length;
  useEffect(() => {
    if (count > 1) end.current?.scrollIntoView({ block: "nearest" });
  }, [count]);
  const name = (id: string) => view.session.document.conversation.flow.states.find((state) => state.id === id)?.name ?? id;
  return (
    <ol className={styles.turns} aria-live="polite" data-testid="talk-turns">
      {view.turns.map((turn, index) => (
        <li key={index} data-role={turn.role} ref={index === view.turns.length - 1 ? end : undefined}>
          <p className={styles.bubble}>{turn.content === "" ? <em>{t("editor.talk.silence")}</em> : turn.content}</p>
          {turn.notes.length > 0 || turn.latencyMs !== null ? (
            <ul className={styles.notes}>
              {turn.notes.map((note, order) => (
                <li key={order} data-event={note.event}>
                  {noteText(t, note, view.session.document)}
                </li>
              ))}
              {turn.latencyMs === null ? null : <li>{format.milliseconds(turn.latencyMs)}</li>}
            </ul>
          ) : null}
        </li>
      ))}
      {view.end ? (
        <li data-role="end" data-testid="talk-end" data-state={view.end.outcomeId} ref={end}>
          <strong>{t("editor.talk.ended", { outcome: view.end.outcomeName })}</strong>
          <span>{t(`editor.talk.reason.${view.end.reason}`, { defaultValue: view.end.reason })}</span>
        </li>
      ) : view.stateId === null ? null : (
        <li data-role="state">{t("editor.talk.in", { state: name(view.stateId) })}</li>
      )}
    </ol>
  );
}

function Facts({ view }: { view: SandboxView }) {
  const { t } = useTranslation();
  if (view.fields.length === 0) return null;
  return (
    <dl className={styles.facts} aria-label={t("editor.talk.fields")}>
      {view.fields.map(({ id, value, required }) => (
        <div key={id} data-set={value !== null || undefined}>
          <dt>
            {value === null ? <CircleDashed aria-hidden /> : <CircleCheck aria-hidden />}
            {id}
            {required ? "*" : ""}
          </dt>
          <dd>{value ?? t("editor.talk.notYet")}</dd>
        </div>
      ))}
    </dl>
  );
}

export const TalkPane = memo(function TalkPane({ onCases }: { onCases: () => void }) {
  const { t } = useTranslation();
  const editing = useEditing();
  const document = useValue<SkillbaseDocument>("document");
  const [mode, setMode] = useState<SandboxMode>("engine");
  const [text, setText] = useState("");
  const [saving, setSaving] = useState(false);
  const talk = useTalk(editing);
  const { view } = talk;
  const changed = view !== null && view.session.document !== document && JSON.stringify(view.session.document) !== JSON.stringify(document);
  const say = async () => {
    if (talk.busy) return;
    const said = text.trim();
    setText("");
    await talk.say(said);
  };
  return (
    <div className={styles.talk} data-testid="talk" data-state={view ? (view.end ? "ended" : "talking") : "idle"}>
      <div className={styles.talkHead}>
        <SegmentedField
          id="talk-mode"
          name="talk-mode"
          label={t("editor.talk.mode")}
          issue={undefined}
          value={mode}
          onBlur={() => undefined}
          disabled={talk.busy}
          onChange={(next) => {
            setMode(next as SandboxMode);
            talk.stop();
          }}
          choices={[
            { value: "engine", label: t("editor.talk.engine") },
            { value: "llm", label: t("editor.talk.llm") },
          ]}
        />
        <p>{t(mode === "engine" ? "editor.talk.engineNote" : "editor.talk.llmNote")}</p>
      </div>
      {changed ? (
        <div className={styles.changed} role="status">
          <span>{t("editor.talk.changed")}</span>
          <Button size="small" busy={talk.busy} onClick={() => void talk.start(mode, sentences(view))} data-testid="talk-again">
            {t("editor.talk.again")}
          </Button>
        </div>
      ) : null}
      {view ? (
        <>
          <Facts view={view} />
          <Turns view={view} />
        </>
      ) : (
        <div className={styles.begin}>
          <MessageSquareText aria-hidden strokeWidth={1.5} />
          <p>{t("editor.talk.empty")}</p>
          <Button variant="primary" busy={talk.busy} onClick={() => void talk.start(mode)} data-testid="talk-start">
            {t("editor.talk.start")}
          </Button>
          {editing.skillbaseId === null ? null : (
            <Button variant="ghost" size="small" icon={<ListChecks />} onClick={onCases}>
              {t("editor.cases.open")}
            </Button>
          )}
        </div>
      )}
      {talk.error ? <InlineFailure error={talk.error} /> : null}
      {view ? (
        <div className={styles.foot}>
          {view.end ? null : (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void say();
              }}
            >
              <input className={form.input} value={text} maxLength={2_000} autoFocus aria-label={t("editor.talk.say")} placeholder={t("editor.talk.say")} onChange={(event) => setText(event.target.value)} data-testid="talk-input" />
              <IconButton type="submit" variant="primary" label={t(text.trim() === "" ? "editor.talk.keepSilent" : "editor.talk.send")} icon={text.trim() === "" ? <VolumeX /> : <ArrowUp />} busy={talk.busy} data-testid="talk-send" />
            </form>
          )}
          <div className={styles.footRow}>
            <Button size="small" variant="ghost" icon={<Undo2 />} disabled={!talk.canTakeBack || talk.busy} onClick={talk.takeBack} data-testid="talk-back">
              {t("editor.talk.takeBack")}
            </Button>
            <Button size="small" variant="ghost" icon={<RotateCcw />} disabled={talk.busy} onClick={() => void talk.start(mode)} data-testid="talk-restart">
              {t("editor.talk.restart")}
            </Button>
            {editing.skillbaseId === null ? null : (
              <Button size="small" variant="ghost" icon={<Bookmark />} disabled={talk.busy || !talk.canTakeBack} onClick={() => setSaving(true)} data-testid="talk-save">
                {t("editor.cases.save")}
              </Button>
            )}
          </div>
        </div>
      ) : null}
      {view && saving ? <SaveCase session={view.session} onClose={() => setSaving(false)} onSaved={onCases} /> : null}
    </div>
  );
});
