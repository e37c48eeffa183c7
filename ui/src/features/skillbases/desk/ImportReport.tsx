//  A skillbase file that was read: what it was, what was converted, and what was not taken and why.
import { CircleMinus, CirclePlus, CircleSlash, Equal } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ImportNote } from "../../../bindings/ImportNote";
import type { SkillbaseImported } from "../../../bindings/SkillbaseImported";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import styles from "./Desk.module.css";

const ICONS = { converted: Equal, adjusted: CircleMinus, defaulted: CirclePlus, dropped: CircleSlash } as const;
const ORDER = ["dropped", "adjusted", "defaulted", "converted"] as const;

function Note({ note }: { note: ImportNote }) {
  const { t } = useTranslation();
  const Icon = ICONS[note.kind];
  return (
    <li data-kind={note.kind}>
      <Icon aria-hidden />
      <span>
        {note.from === "" ? null : <code>{note.from}</code>}
        {note.from !== "" && note.to !== "" ? " → " : null}
        {note.to === "" ? null : <code>{note.to}</code>}
      </span>
      <span>{t(`editor.import.reason.${note.reason}`, { value: note.value })}</span>
    </li>
  );
}

export function ImportReport({ read, fileName, into, onTake, onClose }: { read: SkillbaseImported; fileName: string; into: boolean; onTake: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const errors = read.problems.filter(({ severity }) => severity === "error").length;
  const groups = ORDER.map((kind) => [kind, read.notes.filter((note) => note.kind === kind)] as const).filter(([, notes]) => notes.length > 0);
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      testid="import-report"
      state={read.form}
      title={t("editor.import.title", { name: read.name === "" ? fileName : read.name })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" onClick={onTake} data-testid="confirm">
            {t(into ? "editor.import.into" : "editor.import.open")}
          </Button>
        </>
      }
    >
      {/* A region that scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.report} tabIndex={0}>
        <p>{t(`editor.import.form.${read.form}`)}</p>
        <p>{errors === 0 ? t("editor.import.complete") : t("editor.import.errors", { count: errors })}</p>
        {groups.map(([kind, notes]) => (
          <section key={kind}>
            <h3>{t(`editor.import.kind.${kind}`, { count: notes.length })}</h3>
            <ul>
              {notes.map((note, index) => (
                <Note key={index} note={note} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
