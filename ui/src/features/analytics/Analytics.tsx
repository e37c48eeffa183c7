import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { CampaignFigures } from "../../charts/CampaignFigures";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { SelectField } from "../../components/form";
import { Page } from "../../components/Page";
import { LineBadge } from "../../components/status/Badges";
import styles from "./Analytics.module.css";

function Figures({ campaignId }: { campaignId: string }) {
  const company = useCompany();
  const { data, error, refetch } = useQuery(query("campaign_analytics", { companyId: company.id, campaignId }));
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  return data ? <CampaignFigures figures={data} /> : <Loading />;
}

export function Analytics() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const { campaign } = useSearch({ from: "/analytics" });
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: [], skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const started = (campaigns.data?.items ?? []).filter((item) => item.startedAt !== null);
  const chosen = started.find((item) => item.id === campaign) ?? started.find((item) => item.state === "running") ?? started[0];
  return (
    <Page title={t("rail.analytics")} badges={chosen ? <LineBadge line={chosen.line} /> : null} testid="page-analytics" state={campaigns.data ? "ready" : "loading"}>
      {campaigns.error && !campaigns.data ? <Failure error={campaigns.error} onRetry={() => void campaigns.refetch()} /> : null}
      {campaigns.data && !chosen ? <Empty icon={ChartColumn} title={t("analytics.empty")} text={t("analytics.emptyText")} /> : null}
      {chosen ? (
        <>
          <div className={styles.filter}>
            <SelectField
              id="analytics-campaign"
              name="campaign"
              label={t("analytics.campaign")}
              value={chosen.id}
              issue={undefined}
              onBlur={() => undefined}
              onChange={(next) => void navigate({ to: "/analytics", search: { campaign: next }, replace: true })}
              choices={started.map((item) => ({ value: item.id, label: item.form.name, note: t(`campaignState.${item.state}`) }))}
            />
          </div>
          <Figures campaignId={chosen.id} key={chosen.id} />
        </>
      ) : null}
    </Page>
  );
}
