import { ClipboardCopy, FileDown } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../../api";
import { Button } from "../../../components/Button";
import { toast } from "../../../components/toasts";
import { useSaveFile } from "../../../components/useSaveFile";
import type { SkillbaseDocument } from "../model/document";
import { same } from "../model/path";
import { hasShape } from "../model/shape";
import { useEdit, useEditing, useValue } from "../parts/context";
import styles from "../parts/Parts.module.css";

const print = (document: SkillbaseDocument) => JSON.stringify(document, null, 2);

/** Where JSON breaks off, as a line that a person can find. */
function lineOf(text: string, thrown: unknown): number | null {
  const at = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : "")?.[1];
  return at === undefined ? null : text.slice(0, Number(at)).split("\n").length;
}

/** The whole document as text. What is typed becomes the document as soon as it is one; the form shows the same at once. */
export const JsonTab = memo(function JsonTab() {
  const { t } = useTranslation();
  const { store } = useEditing();
  const edit = useEdit();
  const save = useSaveFile();
  const document = useValue<SkillbaseDocument>("document");
  const [text, setText] = useState(() => print(document));
  const [fault, setFault] = useState<{ line: number | null } | null>(null);
  const mine = useRef(document);
  useEffect(() => {
    // Somebody changed it elsewhere: undo, a restored version.
    if (document === mine.current) return;
    mine.current = document;
    setText(print(document));
    setFault(null);
  }, [document]);
  const asked = useRef("");
  const take = (read: SkillbaseDocument) => {
    setFault(null);
    if (same(read, store.root.document)) return;
    edit.type("document", read);
    mine.current = store.root.document;
  };
  /** Parts that are missing or of an older form: the host completes them, or says that it is no document. */
  const complete = (written: string) => {
    setFault({ line: null });
    rpc("skillbase_import_file", { type: "text", text: written }).then(
      ({ document: read, form }) => (asked.current === written && form === "callboard" && hasShape(read) ? take(read) : undefined),
      () => undefined,
    );
  };
  const change = (next: string) => {
    setText(next);
    asked.current = next;
    try {
      const read: unknown = JSON.parse(next);
      if (hasShape(read)) take(read);
      else complete(next);
    } catch (thrown) {
      setFault({ line: lineOf(next, thrown) });
    }
  };
  return (
    <div className={styles.json}>
      <div className={styles.row}>
        <Button size="small" icon={<ClipboardCopy />} onClick={() => void navigator.clipboard.writeText(text).then(() => toast(t("common.copied")))}>
          {t("common.copy")}
        </Button>
        <Button size="small" icon={<FileDown />} onClick={() => void save(() => rpc("skillbase_export", store.root))} data-testid="export">
          {t("editor.json.export")}
        </Button>
        <span className={styles.quiet} role="status" data-testid="json-state" data-state={fault ? "broken" : "read"}>
          {fault ? (fault.line === null ? t("editor.json.shape") : t("editor.json.broken", { line: fault.line })) : t("editor.json.read")}
        </span>
      </div>
      <textarea className={styles.source} spellCheck={false} aria-label={t("editor.tab.json")} aria-invalid={fault !== null || undefined} value={text} onChange={(event) => change(event.target.value)} data-testid="json" />
    </div>
  );
});
