import { FileUp } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type ImportFile, platform } from "../../platform";
import { type DeskCommand, useCommands } from "../commands";
import { toast } from "../toasts";
import { ImportContext, type Importer, type ImportWish } from "./context";
import styles from "./Import.module.css";
import { ImportDialog } from "./ImportDialog";
import { ReportDialog } from "./ReportDialog";

/** Owns the import of call lists: a file dropped anywhere, Ctrl+O, and every Import button end here. */
export function ImportHost({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [wish, setWish] = useState<(ImportWish & { key: number }) | null>(null);
  const [reported, setReported] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const target = useRef<string | null>(null);

  const open = useCallback((next: ImportWish = {}) => {
    const campaignId = next.campaignId ?? target.current ?? undefined;
    setWish((old) => ({ ...next, ...(campaignId ? { campaignId } : {}), key: (old?.key ?? 0) + 1 }));
  }, []);
  const importer = useMemo(
    (): Importer => ({
      open,
      aim: (campaignId) => {
        target.current = campaignId;
      },
      report: setReported,
    }),
    [open],
  );

  const takeFile = useCallback((file: ImportFile) => open({ file }), [open]);

  useEffect(
    () =>
      platform().onFileDrop((event) => {
        setOver(event.type === "over");
        if (event.type !== "drop") return;
        const [file, second] = event.files;
        if (second) toast(t("import.oneFile"));
        else if (file) takeFile(file);
      }),
    [takeFile, t],
  );

  const commands = useMemo(
    (): DeskCommand[] => [
      {
        id: "import",
        title: "command.import",
        group: "do",
        keys: { codes: ["KeyO"], mod: true },
        run: () => void platform().pickFile().then((file) => (file ? takeFile(file) : undefined)),
      },
    ],
    [takeFile],
  );
  useCommands(commands);

  return (
    <ImportContext value={importer}>
      {children}
      {over ? (
        <div className={styles.overlay} data-testid="drop-overlay">
          <div>
            <FileUp aria-hidden strokeWidth={1.5} />
            <strong>{t("import.drop")}</strong>
            <span>{t("import.dropHint")}</span>
          </div>
        </div>
      ) : null}
      {wish ? <ImportDialog key={wish.key} wish={wish} onClose={() => setWish(null)} /> : null}
      {reported ? <ReportDialog callListId={reported} onClose={() => setReported(null)} /> : null}
    </ImportContext>
  );
}
