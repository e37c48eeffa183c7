import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Ellipsis, FileDown, FileUp, History, ListChecks, PhoneOutgoing, Trash2, Undo } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc, send } from "../../../api";
import type { SkillbaseView } from "../../../bindings/SkillbaseView";
import { Button, IconButton } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Menu, type MenuItem } from "../../../components/Menu";
import { toast } from "../../../components/toasts";
import { useFailure } from "../../../components/useErrorText";
import { useSaveFile } from "../../../components/useSaveFile";
import type { Session } from "../drafts/session";
import { useSignal } from "../model/signal";
import { ImportReport } from "./ImportReport";
import { useImportFile } from "./useImportFile";

interface Props {
  session: Session;
  view: SkillbaseView | undefined;
  onDiscard: () => void;
  onView: (view: "versions" | "cases") => void;
  onTestCall: () => void;
}

type Question = "archive" | "delete" | "discard";

/** Everything that is done to a skillbase as a whole. */
export function SkillbaseMenu({ session, view, onDiscard, onView, onTestCall }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const failed = useFailure();
  const save = useSaveFile();
  const dirty = useSignal(session.dirty);
  const base = useSignal(session.base);
  const { read, pick, close } = useImportFile();
  const [asking, setAsking] = useState<Question | null>(null);
  const { skillbaseId, companyId } = session;
  const archived = view?.summary.archived === true;
  const free = view !== undefined && view.callCount === 0 && view.summary.campaignCount === 0;

  const put = async (question: Question) => {
    setAsking(null);
    if (question === "discard") return onDiscard();
    if (skillbaseId === null) return;
    const name = view?.summary.name ?? "";
    try {
      await send(client, question === "delete" ? "skillbase_delete" : "skillbase_archive", { companyId, skillbaseId });
      toast(t(question === "delete" ? "editor.deleted" : "skillbase.archivedToast", { name }));
      void navigate({ to: "/skillbases" });
    } catch (thrown) {
      failed(t(question === "delete" ? "editor.deleteFailed" : "skillbase.archiveFailed"), thrown);
    }
  };
  const unarchive = async () => {
    if (skillbaseId === null) return;
    try {
      await send(client, "skillbase_unarchive", { companyId, skillbaseId });
      toast(t("editor.unarchived"));
    } catch (thrown) {
      failed(t("skillbase.archiveFailed"), thrown);
    }
  };
  const stored: MenuItem[] =
    skillbaseId === null
      ? []
      : [
          { id: "versions", label: t("editor.menu.versions"), icon: <History />, run: () => onView("versions") },
          { id: "cases", label: t("editor.menu.cases"), icon: <ListChecks />, run: () => onView("cases") },
          ...(base.version > 0 && !archived ? [{ id: "test-call", label: t("editor.menu.testCall"), icon: <PhoneOutgoing />, run: onTestCall }] : []),
        ];
  const items: MenuItem[] = [
    ...stored,
    { id: "export", label: t("editor.menu.export"), icon: <FileDown />, separated: stored.length > 0, run: () => void save(() => rpc("skillbase_export", session.store.root)) },
    { id: "import", label: t("editor.menu.import"), icon: <FileUp />, run: () => void pick() },
    ...(dirty ? [{ id: "discard", label: t("editor.menu.discard"), icon: <Undo />, separated: true, run: () => setAsking("discard") }] : []),
    ...(skillbaseId === null ? [] : archived ? [{ id: "unarchive", label: t("editor.menu.unarchive"), icon: <ArchiveRestore />, separated: true, run: () => void unarchive() }] : [{ id: "archive", label: t("skillbase.archive"), icon: <Archive />, separated: true, run: () => setAsking("archive") }]),
    ...(skillbaseId !== null && free ? [{ id: "delete", label: t("editor.menu.delete"), icon: <Trash2 />, danger: true, run: () => setAsking("delete") }] : []),
  ];
  const text = asking === "archive" ? t("skillbase.archiveEffect", { count: view?.summary.campaignCount ?? 0 }) : asking === "delete" ? t("editor.deleteEffect") : t("editor.discardEffect");
  return (
    <>
      <Menu label={t("editor.menu.label")} trigger={<IconButton label={t("editor.menu.label")} icon={<Ellipsis />} data-testid="skillbase-menu" />} items={items} />
      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        size="small"
        testid={`ask-${asking ?? "nothing"}`}
        title={asking === "archive" ? t("skillbase.archiveTitle", { name: view?.summary.name }) : asking === "delete" ? t("editor.deleteTitle", { name: view?.summary.name }) : t("editor.discardTitle")}
        actions={
          <>
            <Button onClick={() => setAsking(null)}>{t("common.back")}</Button>
            <Button variant="danger" onClick={() => asking && void put(asking)} data-testid="confirm">
              {asking === "archive" ? t("skillbase.archive") : asking === "delete" ? t("editor.menu.delete") : t("editor.menu.discard")}
            </Button>
          </>
        }
      >
        <p>{text}</p>
      </Dialog>
      {read ? (
        <ImportReport
          read={read.imported}
          fileName={read.fileName}
          into
          onClose={close}
          onTake={() => {
            session.store.change("document", (root) => ({ ...root, document: read.imported.document }));
            session.problems.showAll();
            close();
            toast(t("editor.import.taken"), { label: t("common.undo"), run: () => session.store.undo() });
          }}
        />
      ) : null}
    </>
  );
}
