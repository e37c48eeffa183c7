import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type DropEvent, type ImportFile, platform } from "../../platform";
import { type DeskCommand, useCommands } from "../commands";
import { toast } from "../toasts";
import { useFailure } from "../useErrorText";
import { type Draft, DraftContext, type Drafting, ImportContext, type Importer, type ImportWish } from "./context";
import styles from "./Import.module.css";
import { AS_GUESSED } from "./mapping";
import { useNews } from "./useNews";

/** Counted over all companies: what was sent for one draft must never be taken for another's file. */
let drafts = 0;

function nothing(): Draft {
  drafts += 1;
  return { id: drafts, file: null, campaignId: "", choice: AS_GUESSED, edits: {}, region: null, callListId: null };
}

function next(old: Draft, fresh: Draft, { file, campaignId }: ImportWish): Draft {
  // Asked for once more without a file: what was begun goes on, unless it has been checked.
  if (!file && old.callListId === null) return { ...old, campaignId: campaignId ?? old.campaignId };
  return { ...fresh, file: file ?? null, campaignId: campaignId ?? "", region: old.region };
}

/** Owns the import of call lists: a file dropped anywhere, Ctrl+O, and every Import button end here. */
export function ImportHost({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const failed = useFailure();
  const [draft, setDraft] = useState<Draft>(nothing);
  const [over, setOver] = useState(false);
  const target = useRef<string | null>(null);
  const claimed = useRef<((event: DropEvent) => void) | null>(null);
  useNews();

  const open = useCallback(
    (wish: ImportWish = {}) => {
      const campaignId = wish.campaignId ?? target.current;
      const fresh = nothing();
      setDraft((old) => next(old, fresh, campaignId ? { ...wish, campaignId } : wish));
      void navigate({ to: "/lists/import" });
    },
    [navigate],
  );
  const importer = useMemo(
    (): Importer => ({
      open,
      aim: (campaignId) => {
        target.current = campaignId;
      },
      claim: (handler) => {
        claimed.current = handler;
      },
    }),
    [open],
  );
  const drafting = useMemo(
    (): Drafting => ({
      draft,
      change: (change) => setDraft((old) => ({ ...old, ...change })),
      forget: () => setDraft(nothing()),
    }),
    [draft],
  );

  const takeFile = useCallback((file: ImportFile) => open({ file }), [open]);

  useEffect(
    () =>
      platform().onFileDrop((event) => {
        if (claimed.current) return claimed.current(event);
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
        run: () =>
          void platform()
            .pickFile()
            .then((file) => (file ? takeFile(file) : undefined))
            .catch((thrown: unknown) => failed(t("lists.pickFailed"), thrown)),
      },
    ],
    [takeFile, failed, t],
  );
  useCommands(commands);

  return (
    <ImportContext value={importer}>
      <DraftContext value={drafting}>{children}</DraftContext>
      {over ? (
        <div className={styles.overlay} data-testid="drop-overlay">
          <div>
            <FileUp aria-hidden strokeWidth={1.5} />
            <strong>{t("import.drop")}</strong>
            <span>{t("import.dropHint")}</span>
          </div>
        </div>
      ) : null}
    </ImportContext>
  );
}
