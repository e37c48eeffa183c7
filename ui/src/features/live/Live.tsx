import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { PhoneCall } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { useCompany } from "../../components/company";
import { DialingSentence } from "../../components/campaign/DialingSentence";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { Figure, Figures, Page } from "../../components/Page";
import { LineBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { Progress } from "../../table/Cells";
import { LiveCallsTable } from "../../table/LiveCallsTable";
import { DirectCalls } from "./DirectCalls";
import styles from "./Live.module.css";

/** More than these would push the calls out of sight; the list of campaigns has them all. */
const CAMPAIGNS_SHOWN = 4;

function RunningCampaigns() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const list = useQuery(query("campaign_list", { companyId: company.id, states: ["running"], skillbaseId: null, search: null, cursor: null, limit: CAMPAIGNS_SHOWN }));
  const running = list.data?.items ?? [];
  const overviews = useQueries({ queries: running.map((campaign) => query("campaign_overview", { companyId: company.id, campaignId: campaign.id })) });
  if (!list.data || running.length === 0) return null;
  const more = list.data.total - running.length;
  return (
    <section className={styles.campaigns} aria-label={t("live.running")}>
      {running.map((campaign, index) => {
        const overview = overviews[index]?.data;
        const { counts } = overview?.campaign ?? campaign;
        return (
          <div key={campaign.id} className={styles.campaign} data-testid="live-campaign" data-id={campaign.id}>
            <div className={styles.name}>
              <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} title={campaign.form.name}>
                {campaign.form.name}
              </Link>
              <LineBadge line={campaign.line} />
            </div>
            <div className={styles.why}>{overview ? <DialingSentence explanation={{ first: overview.dialing, also: overview.also, nextAt: overview.nextAt }} zone={campaign.form.timeZone} /> : null}</div>
            <div className={styles.progress}>
              <Progress counts={counts} label={t("campaign.progress")} />
              <span data-numeric="">{t("campaign.reachedOf", { reached: format.number(counts.completed), total: format.number(counts.total) })}</span>
            </div>
          </div>
        );
      })}
      {more > 0 ? (
        <Link to="/campaigns" search={{ states: ["running"] }} className={styles.more}>
          {t("live.more", { count: more })}
        </Link>
      ) : null}
    </section>
  );
}

export function Live() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const navigate = useNavigate();
  const { data, error, refetch, dataUpdatedAt } = useQuery(query("live_calls", { companyId: company.id, campaignId: null }));
  // How far the database's clock is ahead of this machine's; set anew with every answer.
  const asOf = data?.asOf;
  const skew = useMemo(() => (asOf === undefined ? 0 : Date.parse(asOf) - dataUpdatedAt), [asOf, dataUpdatedAt]);

  return (
    <Page title={t("rail.live")} badges={data ? <LineBadge line={data.line} /> : null} testid="page-live" scroll={false} state={data ? "ready" : "loading"}>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          <div className={styles.figures}>
            <Figures>
              <Figure
                testid="figure-in-progress"
                state={data.inProgress}
                label={t("live.inProgress")}
                value={
                  <>
                    {format.number(data.inProgress)}
                    <small>{t("live.ofLimit", { limit: format.number(data.companyLimit) })}</small>
                  </>
                }
                note={data.inProgress >= data.companyLimit ? t("live.full") : t("live.free", { count: data.companyLimit - data.inProgress })}
              />
              <Figure testid="figure-started" label={t("live.started")} value={format.number(data.startedLastMinute)} note={t("live.startedNote")} />
              <Figure
                testid="figure-answered"
                label={t("live.answered")}
                value={format.number(data.answeredToday)}
                note={data.endedToday === 0 ? t("live.noneEnded") : t("live.answeredNote", { share: format.percent(data.answeredToday / data.endedToday), count: data.endedToday })}
              />
              <Figure
                testid="figure-successes"
                label={t("live.successes")}
                value={format.number(data.successesToday)}
                note={data.answeredToday === 0 ? undefined : t("live.successesNote", { share: format.percent(data.successesToday / data.answeredToday) })}
              />
              <Figure testid="figure-cost" label={t("live.cost")} value={format.money(data.costToday)} note={t("live.costNote")} />
            </Figures>
          </div>
          <RunningCampaigns />
          <DirectCalls />
          {data.items.length === 0 ? (
            <Empty icon={PhoneCall} title={t("live.empty")} text={t("live.emptyText")} action={<Link to="/campaigns">{t("live.emptyAction")}</Link>} />
          ) : (
            <LiveCallsTable calls={data.items} skew={skew} onOpen={(call) => void navigate({ to: "/calls/$callId", params: { callId: call.callId } })} />
          )}
        </>
      ) : error ? null : (
        <div className={styles.figures}>
          <Loading />
        </div>
      )}
    </Page>
  );
}
