import { useQueryClient } from "@tanstack/react-query";
import { Ban, CalendarClock, Ellipsis, Pause, Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { CampaignAction } from "../../bindings/CampaignAction";
import type { CampaignView } from "../../bindings/CampaignView";
import { Button, IconButton } from "../../components/Button";
import { Menu, type MenuItem } from "../../components/Menu";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { windowScope } from "../../platform";
import { ActionDialog, type AskedAction } from "./ActionDialog";

/** Tasks that a start would dial sooner or later. */
export const waitingTasks = ({ counts }: CampaignView) => counts.pending + counts.retry;

/** Pausing and resuming take nothing away, so they happen at once and can be undone. */
export function usePauseResume() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const failed = useFailure();
  const run = async (action: "pause" | "resume", campaign: CampaignView, undoable: boolean): Promise<void> => {
    const request = { companyId: campaign.companyId, campaignId: campaign.id };
    try {
      const after = await send(client, `campaign_${action}`, request);
      const back = action === "pause" ? "resume" : "pause";
      toast(
        action === "pause" ? t("campaign.paused", { count: after.counts.inProgress }) : t("campaign.resumed", { count: waitingTasks(after) }),
        undoable ? { label: t("common.undo"), run: () => void run(back, after, false) } : undefined,
      );
    } catch (thrown) {
      failed(t(action === "pause" ? "campaign.pauseFailed" : "campaign.resumeFailed"), thrown);
    }
  };
  return (action: "pause" | "resume", campaign: CampaignView) => run(action, campaign, true);
}

/** What somebody most likely wants to do next with a campaign. */
export function nextAction({ allowed, form }: CampaignView): Exclude<CampaignAction, "complete" | "stop" | "cancel"> | null {
  const may = (action: CampaignAction) => allowed.includes(action);
  if (may("pause")) return "pause";
  if (may("resume")) return "resume";
  if (may("schedule") && form.startsAt !== null && Date.parse(form.startsAt) > Date.now() && windowScope === null) return "schedule";
  return may("start") ? "start" : null;
}

export function NextAction({ campaign, small = false }: { campaign: CampaignView; small?: boolean }) {
  const { t } = useTranslation();
  const pauseResume = usePauseResume();
  const [asked, setAsked] = useState<AskedAction | null>(null);
  const [busy, setBusy] = useState(false);
  const action = nextAction(campaign);
  if (action === null) return null;
  const count = waitingTasks(campaign);
  const words = {
    start: small ? t("campaign.action.start") : count === 0 ? t("campaign.action.start") : t("campaign.startCalling", { count }),
    schedule: t("campaign.action.schedule"),
    pause: t("campaign.action.pause"),
    resume: t("campaign.action.resume"),
  };
  const icons = { start: <Play />, schedule: <CalendarClock />, pause: <Pause />, resume: <Play /> };
  const press = () => {
    if (action === "start" || action === "schedule") return setAsked(action);
    setBusy(true);
    void pauseResume(action, campaign).finally(() => setBusy(false));
  };
  return (
    <>
      <Button
        size={small ? "small" : "normal"}
        variant={small || action === "pause" ? "secondary" : "primary"}
        icon={icons[action]}
        busy={busy}
        onClick={press}
        data-testid={`action-${action}`}
      >
        {words[action]}
      </Button>
      {asked ? <ActionDialog action={asked} campaign={campaign} onClose={() => setAsked(null)} /> : null}
    </>
  );
}

/** The rarer and the final actions. */
export function CampaignMenu({ campaign, small = false, extra = [] }: { campaign: CampaignView; small?: boolean; extra?: readonly MenuItem[] }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<AskedAction | null>(null);
  const next = nextAction(campaign);
  const may = (action: CampaignAction) => campaign.allowed.includes(action) && action !== next;
  const items: MenuItem[] = [...extra];
  if (may("start") && next !== "resume") items.push({ id: "start", label: t("campaign.action.startNow"), icon: <Play />, run: () => setAsked("start") });
  if (may("schedule") && windowScope === null) items.push({ id: "schedule", label: t("campaign.action.schedule"), icon: <CalendarClock />, run: () => setAsked("schedule") });
  if (may("stop") && campaign.state !== "completed") items.push({ id: "stop", label: t("campaign.action.stop"), icon: <Square />, separated: items.length > 0, run: () => setAsked("stop") });
  if (may("cancel") && windowScope === null) items.push({ id: "cancel", label: t("campaign.action.cancel"), icon: <Ban />, danger: true, run: () => setAsked("cancel") });
  if (windowScope === null) items.push({ id: "delete", label: t("campaign.action.delete"), icon: <Trash2 />, danger: true, run: () => setAsked("delete") });
  if (items.length === 0) return null;
  return (
    <>
      <Menu
        label={t("campaign.more")}
        trigger={<IconButton label={t("campaign.more")} size={small ? "small" : "normal"} icon={<Ellipsis />} data-testid="campaign-menu" />}
        items={items}
      />
      {asked ? <ActionDialog action={asked} campaign={campaign} onClose={() => setAsked(null)} /> : null}
    </>
  );
}
