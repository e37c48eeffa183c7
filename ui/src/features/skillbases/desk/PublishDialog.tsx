import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError } from "../../../api";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { InlineFailure } from "../../../components/Failure";
import { TextAreaField } from "../../../components/form";
import { differences } from "../model/compare";
import { useSignal } from "../model/signal";
import type { Session } from "../drafts/session";
import { useProblems } from "../parts/context";
import { pathLabel } from "../versions/pathLabel";
import styles from "./Desk.module.css";

interface Props {
  session: Session;
  campaigns: number;
  busy: boolean;
  error: IpcError | null;
  onPublish: (note: string) => void;
  onClose: () => void;
}

const SHOWN = 6;

/** What will be published, in short, before it is: a version never changes. */
export function PublishDialog({ session, campaigns, busy, error, onPublish, onClose }: Props) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const base = useSignal(session.base);
  const warnings = useProblems().filter(({ severity }) => severity === "warning").length;
  const changed = base.version === 0 ? [] : differences(base.text, session.store.root);
  const next = base.version + 1;
  const long = [...note.trim()].length > 500;
  return (
    <Dialog
      open
      onClose={onClose}
      testid="publish"
      title={base.version === 0 ? t("editor.publish.firstTitle", { name: session.store.root.name }) : t("editor.publish.title", { version: next })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={busy} disabled={long} onClick={() => onPublish(note.trim())} data-testid="confirm">
            {t("editor.publish.button", { version: next })}
          </Button>
        </>
      }
    >
      <div className={styles.publish}>
        {changed.length > 0 ? (
          <div>
            <strong>{t("editor.publish.changed", { count: changed.length })}</strong>
            <ul>
              {changed.slice(0, SHOWN).map(({ path }) => (
                <li key={path}>{pathLabel(t, path, session.store.root)}</li>
              ))}
              {changed.length > SHOWN ? <li>{t("editor.publish.more", { count: changed.length - SHOWN })}</li> : null}
            </ul>
          </div>
        ) : null}
        <p>{campaigns > 0 ? t("editor.publish.campaigns", { count: campaigns }) : t("editor.publish.never")}</p>
        {warnings > 0 ? (
          <p className={styles.warned}>
            <TriangleAlert aria-hidden />
            {t("editor.publish.warnings", { count: warnings })}
          </p>
        ) : null}
        {base.version > 0 ? <TextAreaField id="publish-note" name="publish-note" label={t("editor.publish.note")} help={t("editor.publish.noteHelp")} value={note} rows={2} issue={long ? { code: "too_long", params: { max: "500" } } : undefined} onChange={setNote} onBlur={() => undefined} /> : null}
        {error ? <InlineFailure error={error} /> : null}
      </div>
    </Dialog>
  );
}
