import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { CampaignOverview } from "../../bindings/CampaignOverview";
import { CostChart, LatencyChart, OutcomesChart } from "../../charts/Bars";
import { MinutesChart } from "../../charts/MinutesChart";
import { Button } from "../../components/Button";
import { DialingSentence, FurtherReasons } from "../../components/campaign/DialingSentence";
import { useHours } from "../../components/campaign/useHours";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useImport } from "../../components/import/context";
import { Figure, Figures, Section } from "../../components/Page";
import { useFormat } from "../../components/useFormat";
import { windowScope } from "../../platform";
import figures from "../../charts/CampaignFigures.module.css";
import { Progress } from "../../table/Cells";
import { LiveCallsTable } from "../../table/LiveCallsTable";
import styles from "./Campaigns.module.css";
import { Experiment } from "./Experiment";
import { Breakers, EtaLine, LimitsNow } from "./Limits";
import { PinVersion } from "./PinVersion";

/** From this share of failed tasks on, somebody should look at the list or the line. */
const FAILED_ALARM = 0.3;
const FAILED_MIN = 20;

function Lead({ overview }: { overview: CampaignOverview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { campaign, dialing, also, nextAt, eta } = overview;
  const { counts } = campaign;
  const hours = useHours(campaign.form);
  const explanation = { first: dialing, also, nextAt };
  const parts = [
    ["completed", "completed", counts.completed],
    ["failed", "failed", counts.failed],
    ["running", "in_progress", counts.inProgress],
    ["paused", "retry", counts.retry],
    ["none", "pending", counts.pending],
    ...(counts.cancelled > 0 ? [["failed", "cancelled", counts.cancelled] as const] : []),
    ...(counts.skipped > 0 ? [["failed", "skipped", counts.skipped] as const] : []),
  ] as const;
  return (
    <div className={styles.lead}>
      <div className={styles.answer}>
        <DialingSentence explanation={explanation} zone={campaign.form.timeZone} large />
        <FurtherReasons explanation={explanation} zone={campaign.form.timeZone} />
        {eta ? <EtaLine eta={eta} zone={campaign.form.timeZone} /> : null}
        <p className={styles.soft}>{hours}</p>
      </div>
      {counts.total === 0 ? null : (
        <>
          <Progress counts={counts} label={t("campaign.progress")} large />
          <ul className={styles.legend}>
            {parts.map(([tone, status, count]) => (
              <li key={status} data-tone={tone}>
                <span />
                {t(`taskStatus.${status}`)} <strong data-testid={`count-${status}`}>{format.number(count)}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Only what a person can do something about. */
function Needs({ overview }: { overview: CampaignOverview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const importer = useImport();
  const { campaign, dialing } = overview;
  const { counts } = campaign;
  const params = { campaignId: campaign.id };
  const needs: { key: string; text: string; action?: ReactNode }[] = [];
  if (counts.total === 0) {
    needs.push({
      key: "contacts",
      text: t("campaign.needs.contacts"),
      action: importer ? (
        <Button size="small" onClick={() => importer.open({ campaignId: campaign.id })}>
          {t("campaign.import")}
        </Button>
      ) : null,
    });
  }
  if (dialing.reason === "no_worker") needs.push({ key: "worker", text: t("campaign.needs.worker"), action: <Link to="/settings/$section" params={{ section: "line" }}>{t("campaign.needs.openLine")}</Link> });
  if (dialing.reason === "line_down") needs.push({ key: "line", text: t("campaign.needs.line"), action: <Link to="/settings/$section" params={{ section: "line" }}>{t("campaign.needs.openLine")}</Link> });
  if (dialing.reason === "campaign_budget") needs.push({ key: "budget", text: t("campaign.needs.budget"), action: <Link to="/campaigns/$campaignId/$tab" params={{ ...params, tab: "settings" }}>{t("campaign.needs.openBudget")}</Link> });
  if (dialing.reason === "company_budget") needs.push({ key: "budget", text: t("campaign.needs.companyBudget"), action: <Link to="/settings/$section" params={{ section: "limits" }}>{t("campaign.needs.openBudget")}</Link> });
  if (dialing.reason === "after_end") needs.push({ key: "end", text: t("campaign.needs.end"), action: <Link to="/campaigns/$campaignId/$tab" params={{ ...params, tab: "settings" }}>{t("campaign.needs.openSettings")}</Link> });
  const ended = counts.completed + counts.failed;
  if (ended >= FAILED_MIN && counts.failed / ended > FAILED_ALARM) {
    needs.push({
      key: "failed",
      text: t("campaign.needs.failed", { count: counts.failed, share: format.percent(counts.failed / ended) }),
      action: (
        <Link to="/campaigns/$campaignId/$tab" params={{ ...params, tab: "queue" }} search={{ filter: ["failed"] }}>
          {t("campaign.needs.show")}
        </Link>
      ),
    });
  }
  if (campaign.skillbaseNewestVersion > campaign.skillbaseVersion && campaign.endedAt === null && windowScope === null) {
    needs.push({ key: "version", text: t("experiment.newer", { newest: campaign.skillbaseNewestVersion, name: campaign.skillbaseName, pinned: campaign.skillbaseVersion }), action: <PinVersion campaign={campaign} /> });
  }
  if (needs.length === 0) return null;
  return (
    <Section title={t("campaign.needsYou")} testid="needs">
      <ul className={styles.needs}>
        {needs.map((need) => (
          <li key={need.key}>
            <TriangleAlert aria-hidden />
            <span>{need.text}</span>
            {need.action}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Calls({ overview }: { overview: CampaignOverview }) {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const { data, dataUpdatedAt } = useQuery(query("live_calls", { companyId: company.id, campaignId: overview.campaign.id }));
  const asOf = data?.asOf;
  const skew = useMemo(() => (asOf === undefined ? 0 : Date.parse(asOf) - dataUpdatedAt), [asOf, dataUpdatedAt]);
  const final = overview.campaign.endedAt !== null;
  if (final && (data?.items.length ?? 0) === 0) return null;
  return (
    <Section title={t("live.calls")} note={data?.items.length === 0 ? t("campaign.noLiveCalls") : undefined}>
      {data && data.items.length > 0 ? (
        <div className={styles.bleed}>
          <LiveCallsTable calls={data.items} skew={skew} oneCampaign inline onOpen={(call) => void navigate({ to: "/calls/$callId", params: { callId: call.callId } })} />
        </div>
      ) : null}
    </Section>
  );
}

function HowGood({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("campaign_analytics", { companyId: company.id, campaignId }));
  if (!data) return null;
  return (
    <Section title={t("campaign.howGood")}>
      <div className={figures.figures}>
        <MinutesChart minutes={data.minutes} />
        <div className={figures.three}>
          <OutcomesChart outcomes={data.outcomes} />
          <LatencyChart latencies={data.latencies} />
          <CostChart costs={data} perCall={data.costPerCall} />
        </div>
      </div>
    </Section>
  );
}

export function Overview({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { data, error, refetch } = useQuery(query("campaign_overview", { companyId: company.id, campaignId }));
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { campaign } = data;
  return (
    <div data-testid="overview" data-state={data.dialing.reason}>
      <Lead overview={data} />
      <Needs overview={data} />
      {campaign.endedAt === null ? <Breakers campaign={campaign} /> : null}
      {data.callsEnded === 0 && data.liveCalls === 0 ? null : (
        <Section title={t("campaign.soFar")}>
          <Figures>
            <Figure
              testid="figure-in-progress"
              state={data.liveCalls}
              label={t("live.inProgress")}
              value={
                <>
                  {format.number(data.liveCalls)}
                  <small>{t("live.ofLimit", { limit: format.number(campaign.form.callsAtOnce) })}</small>
                </>
              }
              note={t("campaign.startedLastMinute", { started: format.number(data.startedLastMinute), limit: format.number(campaign.form.callsPerMinute) })}
            />
            <Figure testid="figure-calls" state={data.callsEnded} label={t("campaign.callsEnded")} value={format.number(data.callsEnded)} note={t("campaign.reachedOf", { reached: format.number(campaign.counts.completed), total: format.number(campaign.counts.total) })} />
            <Figure testid="figure-answer-rate" label={t("campaign.answerRate")} value={data.answerRate === null ? "–" : format.percent(data.answerRate)} note={t("campaign.ofCalls", { part: format.number(data.callsAnswered), whole: format.number(data.callsEnded) })} />
            <Figure testid="figure-conversion" label={t("campaign.conversion")} value={data.successRate === null ? "–" : format.percent(data.successRate)} note={t("campaign.ofAnswered", { part: format.number(data.successes), whole: format.number(data.callsAnswered) })} />
            <Figure testid="figure-cost" label={t("campaign.cost")} value={format.money(data.costTotal)} note={t("campaign.costNote")} />
          </Figures>
        </Section>
      )}
      {campaign.endedAt === null ? <LimitsNow campaign={campaign} /> : null}
      {campaign.state === "draft" ? null : <Calls overview={data} />}
      {data.callsEnded > 0 ? <HowGood campaignId={campaignId} /> : null}
      {campaign.experiment !== null || windowScope === null ? <Experiment campaign={campaign} /> : null}
    </div>
  );
}
