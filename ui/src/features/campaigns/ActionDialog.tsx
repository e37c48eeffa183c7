import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../api";
import type { CampaignView } from "../../bindings/CampaignView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { Banner, Loading } from "../../components/Feedback";
import { IssueText } from "../../components/form";
import { useHours } from "../../components/campaign/useHours";
import { LineBadge } from "../../components/status/Badges";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { waitingTasks } from "./actions";
import styles from "./Campaigns.module.css";
import { PreflightPlan } from "./Preflight";
import preflight from "./Preflight.module.css";

export type AskedAction = "start" | "schedule" | "stop" | "cancel" | "delete";

/** What a start would do, before it does it: the forecast, and how it will dial. */
function StartPlan({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const format = useFormat(campaign.form.timeZone);
  const company = useCompany();
  const hours = useHours(campaign.form);
  const settings = useQuery(query("settings_get", { companyId: company.id }));
  const plan = usePlan(campaign);
  const line = campaign.line ?? settings.data?.line.kind ?? null;
  return (
    <div className={styles.stack}>
      {line === "livekit" ? (
        <div className={styles.warn}>
          <Banner tone="warning">{t("campaign.ask.realPhones")}</Banner>
        </div>
      ) : null}
      {plan.data ? <PreflightPlan plan={plan.data} campaign={campaign} /> : plan.error ? <InlineFailure error={plan.error} /> : <Loading rows={5} label={t("preflight.loading")} />}
      <dl className={preflight.facts}>
        <dt>{t("campaign.plan.line")}</dt>
        <dd>
          <LineBadge line={line} always />
        </dd>
        <dt>{t("campaign.plan.pace")}</dt>
        <dd>{t("campaign.plan.paceValue", { atOnce: campaign.form.callsAtOnce, perMinute: campaign.form.callsPerMinute })}</dd>
        <dt>{t("campaign.plan.hours")}</dt>
        <dd>{hours}</dd>
        {campaign.form.startsAt ? (
          <>
            <dt>{t("campaign.plan.from")}</dt>
            <dd>{format.dateTime(campaign.form.startsAt)}</dd>
          </>
        ) : null}
      </dl>
    </div>
  );
}

/** The forecast of a start, read anew whenever the dialog opens: limits and lists move on. */
function usePlan(campaign: CampaignView, enabled = true) {
  return useQuery({ ...query("campaign_preflight", { companyId: campaign.companyId, campaignId: campaign.id, form: null }), enabled, staleTime: 10_000 });
}

function DeleteEffect({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const { data } = useQuery(query("campaign_delete_preview", { companyId: campaign.companyId, campaignId: campaign.id }));
  if (!data) return <p>{t("common.loading")}</p>;
  if (data.liveCalls > 0) return <p data-testid="delete-refused">{t("campaign.ask.deleteLive", { count: data.liveCalls })}</p>;
  return <p data-testid="delete-effect">{t("campaign.ask.delete", { tasks: t("count.tasks", { count: data.tasks }), calls: t("count.calls", { count: data.calls }) })}</p>;
}

export function ActionDialog({ action, campaign, onClose }: { action: AskedAction; campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat(campaign.form.timeZone);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<IpcError | null>(null);
  const [busy, setBusy] = useState(false);
  const preview = useQuery({ ...query("campaign_delete_preview", { companyId: campaign.companyId, campaignId: campaign.id }), enabled: action === "delete" });
  const plan = usePlan(campaign, action === "start");
  const open = waitingTasks(campaign);
  // What will be dialled is known a moment later than what waits; the button says the better figure.
  const dialled = plan.data?.willBeDialled ?? open;
  const { name } = campaign.form;

  const confirm = async () => {
    setBusy(true);
    setError(null);
    const request = { companyId: campaign.companyId, campaignId: campaign.id };
    try {
      await send(client, `campaign_${action}`, request);
      // The page of a deleted campaign has nothing left to show.
      if (action === "delete") void navigate({ to: "/campaigns" });
      toast(t(`campaign.did.${action}`, { name }));
      onClose();
    } catch (thrown) {
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };

  const body = {
    start: <StartPlan campaign={campaign} />,
    schedule: <p>{campaign.form.startsAt ? t("campaign.ask.schedule", { at: format.dateTime(campaign.form.startsAt) }) : t("campaign.ask.scheduleNone")}</p>,
    stop: (
      <p>
        {t("campaign.ask.stop", { count: open })} {campaign.counts.inProgress > 0 ? t("campaign.ask.callsEnd", { count: campaign.counts.inProgress }) : null}
      </p>
    ),
    cancel: (
      <p>
        {t("campaign.ask.cancel", { count: open })} {campaign.counts.inProgress > 0 ? t("campaign.ask.callsEnd", { count: campaign.counts.inProgress }) : null}
      </p>
    ),
    delete: <DeleteEffect campaign={campaign} />,
  }[action];
  const words = action === "start" ? t("campaign.startCalling", { count: dialled }) : t(`campaign.confirm.${action}`);
  const fields = error?.fields ?? [];
  return (
    <Dialog
      open
      onClose={onClose}
      size={action === "start" ? "wide" : "small"}
      testid={`ask-${action}`}
      state={action === "start" ? (plan.data ? "ready" : plan.error ? "failed" : "loading") : undefined}
      title={t(`campaign.askTitle.${action}`, { name })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.back")}</Button>
          <Button
            variant={action === "start" || action === "schedule" ? "primary" : "danger"}
            busy={busy}
            disabled={(action === "delete" && (preview.data === undefined || preview.data.liveCalls > 0)) || (action === "start" && dialled === 0)}
            onClick={() => void confirm()}
            data-testid="confirm"
          >
            {words}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <div>{body}</div>
        {error ? (
          <InlineFailure error={error}>
            {fields.map((field) => (
              <p key={field.field}>
                <IssueText issue={field} />
              </p>
            ))}
          </InlineFailure>
        ) : null}
      </div>
    </Dialog>
  );
}
