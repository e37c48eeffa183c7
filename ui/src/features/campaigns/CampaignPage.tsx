import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { AppWindow, FileUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Button, IconButton } from "../../components/Button";
import { type DeskCommand, useCommands } from "../../components/commands";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useImport, useImportTarget } from "../../components/import/context";
import { Page } from "../../components/Page";
import { PageTabs } from "../../components/PageTabs";
import { CampaignBadge, LineBadge } from "../../components/status/Badges";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { platform, windowScope } from "../../platform";
import { CampaignMenu, NextAction, usePauseResume } from "./actions";

const TABS = ["overview", "queue", "calls", "figures", "settings"] as const;
const FINAL = new Set(["completed", "cancelled"]);

export function CampaignPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const importer = useImport();
  const failed = useFailure();
  const pauseResume = usePauseResume();
  const { campaignId } = useParams({ from: "/campaigns/$campaignId" });
  const { data, error, refetch } = useQuery(query("campaign_get", { companyId: company.id, campaignId }));
  const open = data !== undefined && !FINAL.has(data.state);
  useImportTarget(open ? campaignId : null);

  const commands = useMemo((): DeskCommand[] => {
    const action = data?.allowed.includes("pause") ? "pause" : data?.allowed.includes("resume") ? "resume" : null;
    if (!data || action === null) return [];
    return [{ id: "pause-resume", title: `command.${action}`, group: "do", keys: { codes: ["Space"] }, run: () => void pauseResume(action, data) }];
  }, [data, pauseResume]);
  useCommands(commands);

  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Page title="…" testid="page-campaign" state="loading">
        <Loading />
      </Page>
    );
  }
  const tearOff = () => void platform().openCampaign(company.id, campaignId).catch((thrown: unknown) => failed(t("campaign.tearOffFailed"), thrown));
  const tabs = TABS.filter((tab) => tab !== "settings" || windowScope === null);
  return (
    <Page
      testid="page-campaign"
      state={data.state}
      scroll={false}
      title={<span title={data.form.name}>{data.form.name}</span>}
      badges={
        <>
          <CampaignBadge state={data.state} />
          <LineBadge line={data.line} always />
        </>
      }
      actions={
        <>
          {windowScope === null ? <IconButton label={t("campaign.tearOff")} icon={<AppWindow />} onClick={tearOff} data-testid="tear-off" /> : null}
          {importer && open ? (
            <Button icon={<FileUp />} onClick={() => importer.open({ campaignId })} data-testid="import-button">
              {t("campaign.import")}
            </Button>
          ) : null}
          <NextAction campaign={data} />
          <CampaignMenu campaign={data} />
        </>
      }
      tabs={
        <PageTabs label={t("campaign.tabs")}>
          {tabs.map((tab) => (
            <Link key={tab} to="/campaigns/$campaignId/$tab" params={{ campaignId, tab }} activeOptions={{ includeSearch: false }} data-testid={`tab-${tab}`}>
              {t(`campaign.tab.${tab}`)}
              {tab === "queue" ? <small>{format.number(data.counts.total)}</small> : null}
            </Link>
          ))}
        </PageTabs>
      }
    >
      <Outlet />
    </Page>
  );
}
