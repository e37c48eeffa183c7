import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { History, PhoneCall } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { query, usePages } from "../../api";
import type { Outcome } from "../../bindings/Outcome";
import { CampaignFigures } from "../../charts/CampaignFigures";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { CallsTable } from "../../table/CallsTable";
import { Chips, FilterBar, SearchInput } from "../../table/Filters";
import styles from "./CampaignTab.module.css";
import { Overview } from "./Overview";
import { Queue } from "./Queue";
import { CampaignSettings } from "./CampaignSettings";

const OUTCOMES: readonly Outcome[] = ["success", "refusal", "callback", "voicemail", "no_answer", "busy", "invalid_number", "failed", "unknown"];
const FROM = "/campaigns/$campaignId/$tab";

function CampaignCalls({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const search = useSearch({ from: FROM });
  const outcomes = OUTCOMES.filter((outcome) => search.filter?.includes(outcome));
  const pages = usePages("call_list", { companyId: company.id, campaignId, taskId: null, outcomes, search: search.q ?? null, from: null, to: null });
  const params = { campaignId, tab: "calls" };
  const find = useCallback((q: string) => void navigate({ to: FROM, params: { campaignId, tab: "calls" }, search: (old) => ({ ...old, q }), replace: true }), [navigate, campaignId]);
  const filtered = outcomes.length > 0 || search.q !== undefined;
  return (
    <>
      <FilterBar count={pages.total === undefined ? undefined : t("count.calls", { count: pages.total })}>
        <SearchInput value={search.q ?? ""} label={t("calls.search")} onChange={find} />
        <Chips label={t("calls.column.result")} values={OUTCOMES} chosen={outcomes} name={(outcome) => t(`outcome.${outcome}`)} onChange={(filter) => void navigate({ to: FROM, params, search: (old) => ({ ...old, filter }), replace: true })} />
      </FilterBar>
      {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
      {pages.loading ? <Padded /> : null}
      {!pages.loading && !pages.error && pages.rows.length === 0 ? <Empty icon={filtered ? History : PhoneCall} title={filtered ? t("common.nothingFound") : t("calls.empty")} text={filtered ? t("calls.noMatch") : t("calls.emptyText")} /> : null}
      {pages.rows.length > 0 ? <CallsTable pages={pages} oneCampaign onOpen={(call) => void navigate({ to: "/calls/$callId", params: { callId: call.id } })} /> : null}
    </>
  );
}

function Padded() {
  return (
    <div className={styles.pad}>
      <Loading rows={8} />
    </div>
  );
}

function Figures({ campaignId }: { campaignId: string }) {
  const company = useCompany();
  const { data, error, refetch } = useQuery(query("campaign_analytics", { companyId: company.id, campaignId }));
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  return <div className={styles.scroll}>{data ? <CampaignFigures figures={data} /> : <Loading />}</div>;
}

export function CampaignTab() {
  const { campaignId, tab } = useParams({ from: FROM });
  if (tab === "queue") {
    return (
      <div className={styles.tab}>
        <Queue campaignId={campaignId} />
      </div>
    );
  }
  if (tab === "calls") {
    return (
      <div className={styles.tab}>
        <CampaignCalls campaignId={campaignId} />
      </div>
    );
  }
  if (tab === "figures") return <Figures campaignId={campaignId} />;
  if (tab === "settings") {
    return (
      <div className={styles.scroll}>
        <CampaignSettings campaignId={campaignId} />
      </div>
    );
  }
  return (
    <div className={styles.scroll}>
      <Overview campaignId={campaignId} />
    </div>
  );
}
