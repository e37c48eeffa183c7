import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Megaphone, Plus } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { usePages } from "../../api";
import type { CampaignState } from "../../bindings/CampaignState";
import type { CampaignView } from "../../bindings/CampaignView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { Page } from "../../components/Page";
import { CampaignBadge, LineBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { None, Progress, TwoLines } from "../../table/Cells";
import { type Column, DataTable } from "../../table/DataTable";
import { Chips, FilterBar, SearchInput } from "../../table/Filters";
import { CampaignMenu, NextAction } from "./actions";
import styles from "./Campaigns.module.css";

const STATES: readonly CampaignState[] = ["running", "paused", "scheduled", "draft", "completed", "cancelled"];

function Table({ rows, total, look }: { rows: readonly CampaignView[]; total: number | undefined; look: (first: number, last: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const columns = useMemo(
    (): Column<CampaignView>[] => [
      {
        id: "name",
        header: t("campaigns.column.name"),
        width: "minmax(204px, 2fr)",
        cell: (campaign) => (
          <TwoLines
            first={
              <span className={styles.name}>
                <span title={campaign.form.name}>{campaign.form.name}</span>
                <LineBadge line={campaign.line} />
              </span>
            }
            second={campaign.skillbaseName}
          />
        ),
      },
      { id: "state", header: t("campaigns.column.state"), width: "148px", cell: (campaign) => <CampaignBadge state={campaign.state} /> },
      {
        id: "progress",
        header: t("campaigns.column.progress"),
        width: "minmax(164px, 1.2fr)",
        cell: ({ counts }) =>
          counts.total === 0 ? (
            <span className={styles.soft}>{t("campaigns.noContacts")}</span>
          ) : (
            <div className={styles.progress}>
              <Progress counts={counts} label={t("campaign.progress")} />
              <span>{t("campaign.reachedOf", { reached: format.number(counts.completed), total: format.number(counts.total) })}</span>
            </div>
          ),
      },
      { id: "rate", header: t("campaigns.column.rate"), width: "80px", align: "end", cell: (campaign) => (campaign.counts.total === 0 ? <None /> : format.percent(campaign.completionRate / 100)) },
      { id: "failed", header: t("campaigns.column.failed"), spare: true, width: "112px", align: "end", cell: ({ counts }) => (counts.failed === 0 ? <None /> : format.number(counts.failed)) },
      { id: "created", header: t("campaigns.column.created"), spare: true, width: "104px", align: "end", cell: (campaign) => format.date(campaign.createdAt) },
      {
        id: "next",
        header: "",
        width: "172px",
        align: "end",
        cell: (campaign) => (
          <div className={styles.actions}>
            <NextAction campaign={campaign} small />
            <CampaignMenu campaign={campaign} small />
          </div>
        ),
      },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("rail.campaigns")}
      testid="campaigns"
      columns={columns}
      rows={rows}
      rowId={(campaign) => campaign.id}
      onOpen={(campaign) => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } })}
      onLook={look}
      tall
      {...(total === undefined ? {} : { total })}
    />
  );
}

export function Campaigns() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const search = useSearch({ from: "/campaigns" });
  const states = STATES.filter((state) => search.states?.includes(state));
  const pages = usePages("campaign_list", { companyId: company.id, states, skillbaseId: null, search: search.q ?? null });
  const filtered = states.length > 0 || search.q !== undefined;
  const find = useCallback((q: string) => void navigate({ to: "/campaigns", search: (old) => ({ ...old, q }), replace: true }), [navigate]);
  const create = (
    <Button variant="primary" icon={<Plus />} onClick={() => void navigate({ to: "/campaigns/new" })} data-testid="new-campaign">
      {t("campaigns.new")}
    </Button>
  );
  const empty = !pages.loading && pages.rows.length === 0 && !pages.error;
  return (
    <Page title={t("rail.campaigns")} testid="page-campaigns" scroll={false} actions={create} state={pages.loading ? "loading" : "ready"}>
      {empty && !filtered ? null : (
        <FilterBar count={pages.total === undefined ? undefined : t("campaigns.count", { count: pages.total })}>
          <SearchInput value={search.q ?? ""} label={t("campaigns.search")} onChange={find} />
          <Chips
            label={t("campaigns.column.state")}
            values={STATES}
            chosen={states}
            name={(state) => t(`campaignState.${state}`)}
            onChange={(next) => void navigate({ to: "/campaigns", search: (old) => ({ ...old, states: next }), replace: true })}
          />
        </FilterBar>
      )}
      {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
      {pages.loading ? (
        <div className={styles.pad}>
          <Loading rows={8} />
        </div>
      ) : null}
      {empty ? (
        filtered ? (
          <Empty icon={Megaphone} title={t("common.nothingFound")} text={t("campaigns.noMatch")} action={<Link to="/campaigns">{t("common.clearFilters")}</Link>} />
        ) : (
          <Empty icon={Megaphone} title={t("campaigns.empty")} text={t("campaigns.emptyText")} action={create} />
        )
      ) : null}
      {pages.rows.length > 0 ? <Table rows={pages.rows} total={pages.total} look={pages.look} /> : null}
    </Page>
  );
}
