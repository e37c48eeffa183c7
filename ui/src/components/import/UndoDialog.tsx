import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, toIpcError, useCommand } from "../../api";
import type { ImportView } from "../../bindings/ImportView";
import { Button } from "../Button";
import { useCompany } from "../company";
import { Dialog } from "../Dialog";
import { InlineFailure } from "../Failure";
import { toast } from "../toasts";
import styles from "./Columns.module.css";
import { undoOf } from "./counting";

/** Refusals that mean: some of them have been called meanwhile. */
const CALLED = new Set(["live_calls", "in_use"]);

/** Says what taking an import back does, and does it: whole before the first call, after it those who were not called. */
export function UndoDialog({ view: shown, onClose }: { view: ImportView; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  // Calls go on meanwhile: how many were never called is asked for when it matters.
  const newest = useQuery({ ...query("import_get", { companyId: company.id, callListId: shown.callListId }), refetchOnMount: "always" });
  const view = newest.data ?? shown;
  const undo = useCommand("import_undo");
  const [error, setError] = useState<IpcError | null>(null);
  const refused = error !== null && CALLED.has(error.code);
  const uncalledOnly = refused || undoOf(view) === "uncalled";
  const called = view.created - view.uncalled;
  const confirm = async () => {
    try {
      const { removedTasks, keptTasks, removedContacts } = await undo.mutateAsync({ companyId: company.id, callListId: view.callListId, uncalledOnly });
      const contacts = t("import.undo.contacts", { count: removedContacts });
      toast(keptTasks === 0 ? t("import.undo.done", { count: removedTasks, contacts }) : t("import.undo.doneKept", { count: removedTasks, contacts, kept: t("count.tasks", { count: keptTasks }) }));
      onClose();
    } catch (thrown) {
      setError(toIpcError(thrown));
      void newest.refetch();
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      testid="import-undo"
      state={uncalledOnly ? "uncalled" : "all"}
      title={t(uncalledOnly ? "import.undo.titleUncalled" : "import.undo.title")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.back")}</Button>
          <Button variant="danger" busy={undo.isPending} onClick={() => void confirm()} data-testid="confirm">
            {uncalledOnly ? t("import.undo.confirmUncalled", { count: view.uncalled }) : t("import.undo.confirm")}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <p>
          {uncalledOnly
            ? t("import.undo.effectUncalled", { count: view.uncalled, campaign: view.campaignName })
            : t("import.undo.effect", { count: view.created, campaign: view.campaignName })}{" "}
          {uncalledOnly && called > 0 ? t("import.undo.stay", { count: called }) : null}
        </p>
        <p>{t("import.undo.contactsEffect")}</p>
        {error ? refused ? <p>{t("import.undo.refused")}</p> : <InlineFailure error={error} /> : null}
      </div>
    </Dialog>
  );
}
