import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../api";
import type { ContactSelection } from "../../bindings/ContactSelection";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { toast } from "../../components/toasts";

/** Says first what the deletion would do, counted by the host. */
export function DeleteDialog({ selection, count, onClose, onDone }: { selection: ContactSelection; count: number; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const request = { companyId: company.id, selection };
  const preview = useQuery({ ...query("contact_delete_preview", request), gcTime: 0 });
  const [error, setError] = useState<IpcError | null>(null);
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      const done = await send(client, "contact_delete", request);
      const said = t("contacts.delete.done", { count: done.contacts });
      toast(done.skippedTasks > 0 ? `${said}. ${t("contacts.delete.doneSkipped", { count: done.skippedTasks })}` : said);
      onDone();
      onClose();
    } catch (thrown) {
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const effect = preview.data;
  const shown = error ?? preview.error;
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      testid="contacts-delete"
      title={t("contacts.delete.title", { count })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.back")}</Button>
          <Button variant="danger" busy={busy} disabled={!effect} onClick={() => void confirm()} data-testid="confirm">
            {t("contacts.delete.confirm", { count: effect?.contacts ?? count })}
          </Button>
        </>
      }
    >
      {effect ? (
        <div data-testid="delete-effect">
          <p>
            {t("contacts.delete.effect", { count: effect.contacts })} {effect.skippedTasks > 0 ? t("contacts.delete.skipped", { count: effect.skippedTasks }) : t("contacts.delete.noneSkipped")}
          </p>
          {effect.liveCalls > 0 ? <p>{t("contacts.delete.live", { count: effect.liveCalls })}</p> : null}
          <p>{t("contacts.delete.forGood")}</p>
        </div>
      ) : null}
      {!effect && !shown ? <p>{t("common.loading")}</p> : null}
      {shown ? <InlineFailure error={shown} /> : null}
    </Dialog>
  );
}
