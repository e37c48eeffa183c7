import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { entriesAgain } from "./again";
import { patternText } from "./patternText";

/** Allows numbers again; Undo forbids them as they were. */
export function useAllow(): (entries: readonly DoNotCallEntry[]) => Promise<boolean> {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  return useCallback(async (entries: readonly DoNotCallEntry[]) => {
    const undo = async () => {
      try {
        for (const request of entriesAgain(entries)) await send(client, "do_not_call_add", { companyId: company.id, ...request });
        toast(t("doNotCall.forbiddenAgain", { count: entries.length }));
      } catch (thrown) {
        failed(t("doNotCall.undoFailed"), thrown);
      }
    };
    try {
      await send(client, "do_not_call_remove", { companyId: company.id, ids: entries.map(({ id }) => id) });
      const [only] = entries;
      const said = entries.length === 1 && only ? t("doNotCall.allowedOne", { number: patternText(only) }) : t("doNotCall.allowed", { count: entries.length });
      toast(said, { label: t("common.undo"), run: () => void undo() });
      return true;
    } catch (thrown) {
      failed(t("doNotCall.allowFailed"), thrown);
      return false;
    }
  }, [t, company.id, client, failed]);
}

/** A prefix holds for more than the contact whose page it is on. */
export function AllowPrefixDialog({ entry, onClose }: { entry: DoNotCallEntry; onClose: () => void }) {
  const { t } = useTranslation();
  const allow = useAllow();
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    await allow([entry]);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      testid="allow-prefix"
      title={t("doNotCall.allowPrefix", { prefix: patternText(entry) })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.back")}</Button>
          <Button variant="primary" busy={busy} onClick={() => void confirm()} data-testid="confirm">
            {t("doNotCall.allow")}
          </Button>
        </>
      }
    >
      <p>{t("doNotCall.allowPrefixEffect")}</p>
    </Dialog>
  );
}
