import { Popover } from "@base-ui/react/popover";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { OctagonPause } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../api";
import { Button } from "../components/Button";
import { useCompany } from "../components/company";
import popup from "../components/Popup.module.css";
import { toast } from "../components/toasts";
import { useFailure } from "../components/useErrorText";

/** Pauses everything that dials. Always at the same place; one press, one short question. */
export function StopAll() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const company = useCompany();
  const failed = useFailure();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const running = query("campaign_list", { companyId: company.id, states: ["running"], skillbaseId: null, search: null, cursor: null, limit: 200 });
  const { data } = useQuery(running);
  const count = data?.total ?? 0;

  const resume = async (ids: string[]) => {
    const results = await Promise.allSettled(ids.map((campaignId) => send(client, "campaign_resume", { companyId: company.id, campaignId })));
    const refused = results.find((result) => result.status === "rejected");
    if (refused) failed(t("stopAll.undoFailed"), refused.reason);
    else toast(t("stopAll.undone", { count: ids.length }));
  };
  const stop = async () => {
    setBusy(true);
    try {
      const { campaignIds } = await send(client, "campaign_pause_all", { companyId: company.id });
      setOpen(false);
      toast(t("stopAll.done", { count: campaignIds.length }), campaignIds.length > 0 ? { label: t("common.undo"), run: () => void resume(campaignIds) } : undefined);
    } catch (thrown) {
      failed(t("stopAll.failed"), thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        render={
          <Button variant="danger" icon={<OctagonPause />} data-testid="stop-all" data-count={count}>
            {t("stopAll.button")}
          </Button>
        }
      />
      <Popover.Portal>
        <Popover.Positioner className={popup.positioner} sideOffset={8} align="end">
          <Popover.Popup className={`${popup.popup} ${popup.padded}`}>
            <Popover.Title>{count === 0 ? t("stopAll.none") : t("stopAll.ask", { count })}</Popover.Title>
            <Popover.Description>{t("stopAll.effect")}</Popover.Description>
            <div className={popup.actions}>
              <Button onClick={() => setOpen(false)}>{t("common.cancel")}</Button>
              <Button variant="danger" busy={busy} onClick={() => void stop()} data-testid="stop-all-confirm" autoFocus>
                {t("stopAll.confirm")}
              </Button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
