import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query, usePages } from "../../api";
import type { Outcome } from "../../bindings/Outcome";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { fromWall, SelectField, toWall } from "../../components/form";
import { Page } from "../../components/Page";
import { CallsTable } from "../../table/CallsTable";
import { Chips, FilterBar, SearchInput } from "../../table/Filters";
import styles from "./Calls.module.css";

const OUTCOMES: readonly Outcome[] = ["success", "refusal", "callback", "voicemail", "no_answer", "busy", "invalid_number", "failed", "unknown"];
const DAYS = ["today", "yesterday", "week"] as const;
const DAY_MS = 86_400_000;

/** Local midnight of the company, so many days ago. */
function midnight(zone: string, daysAgo: number): string {
  const day = toWall(new Date(Date.now() - daysAgo * DAY_MS).toISOString(), zone);
  return fromWall({ date: day.date, time: "00:00" }, zone);
}

export function Calls() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const search = useSearch({ from: "/calls" });
  const outcomes = OUTCOMES.filter((outcome) => search.outcomes?.includes(outcome));
  const { day, campaign = "" } = search;
  const range = useMemo(() => {
    if (day === "today") return { from: midnight(company.timeZone, 0), to: null };
    if (day === "yesterday") return { from: midnight(company.timeZone, 1), to: midnight(company.timeZone, 0) };
    return { from: day === "week" ? midnight(company.timeZone, 6) : null, to: null };
  }, [day, company.timeZone]);
  const pages = usePages("call_list", { companyId: company.id, campaignId: campaign === "" ? null : campaign, taskId: null, outcomes, search: search.q ?? null, ...range });
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: [], skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const set = useCallback((change: Record<string, unknown>) => void navigate({ to: "/calls", search: (old) => ({ ...old, ...change }), replace: true }), [navigate]);
  const find = useCallback((q: string) => set({ q }), [set]);
  const filtered = outcomes.length > 0 || search.q !== undefined || day !== undefined || campaign !== "";
  const ALL = "all";
  return (
    <Page title={t("rail.calls")} testid="page-calls" scroll={false} state={pages.loading ? "loading" : "ready"}>
      <FilterBar count={pages.total === undefined ? undefined : t("count.calls", { count: pages.total })}>
        <SearchInput value={search.q ?? ""} label={t("calls.search")} onChange={find} />
        <div className={styles.select}>
          <SelectField
            id="calls-campaign"
            name="campaign"
            label={t("calls.column.campaign")}
            value={campaign === "" ? ALL : campaign}
            issue={undefined}
            onBlur={() => undefined}
            onChange={(next) => set({ campaign: next === ALL ? undefined : next })}
            choices={[{ value: ALL, label: t("calls.allCampaigns") }, ...(campaigns.data?.items ?? []).map((item) => ({ value: item.id, label: item.form.name }))]}
          />
        </div>
        <Chips label={t("calls.column.when")} values={DAYS} chosen={DAYS.filter((name) => name === day)} name={(name) => t(`calls.day.${name}`)} onChange={(next) => set({ day: next.at(-1) })} />
        <Chips label={t("calls.column.result")} values={OUTCOMES} chosen={outcomes} name={(outcome) => t(`outcome.${outcome}`)} onChange={(next) => set({ outcomes: next })} />
      </FilterBar>
      {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
      {pages.loading ? (
        <div className={styles.pad}>
          <Loading rows={8} />
        </div>
      ) : null}
      {!pages.loading && !pages.error && pages.rows.length === 0 ? (
        <Empty icon={History} title={filtered ? t("common.nothingFound") : t("calls.empty")} text={filtered ? t("calls.noMatch") : t("calls.emptyText")} action={filtered ? <Link to="/calls">{t("common.clearFilters")}</Link> : null} />
      ) : null}
      {pages.rows.length > 0 ? <CallsTable pages={pages} onOpen={(call) => void navigate({ to: "/calls/$callId", params: { callId: call.id } })} /> : null}
    </Page>
  );
}
