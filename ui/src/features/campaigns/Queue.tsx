import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CalendarClock, Download, ListOrdered, PhoneOutgoing } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query, rpc, usePages } from "../../api";
import type { TaskStatus } from "../../bindings/TaskStatus";
import type { TaskView } from "../../bindings/TaskView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { useImport } from "../../components/import/context";
import { Menu } from "../../components/Menu";
import { OutcomeBadge, TaskBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { useSaveFile } from "../../components/useSaveFile";
import { phone } from "../../i18n/format";
import { Contact, None } from "../../table/Cells";
import { type Column, DataTable } from "../../table/DataTable";
import { Chips, FilterBar, SearchInput } from "../../table/Filters";
import campaigns from "./Campaigns.module.css";
import styles from "./CampaignTab.module.css";
import { TaskActions } from "./TaskActions";

const STATUSES: readonly TaskStatus[] = ["pending", "in_progress", "retry", "completed", "failed", "cancelled", "skipped"];
const FROM = "/campaigns/$campaignId/$tab";
const FORMATS = ["xlsx", "csv"] as const;

/** The whole list of the campaign as a file, whatever the filter shows. */
function ExportList({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const company = useCompany();
  const saveFile = useSaveFile();
  return (
    <Menu
      label={t("queue.export")}
      trigger={
        <Button size="small" icon={<Download />} className={styles.export ?? ""} data-testid="export-list">
          {t("queue.export")}
        </Button>
      }
      items={FORMATS.map((format) => ({
        id: `export-${format}`,
        label: t(`fileFormat.${format}`),
        run: () => void saveFile(() => rpc("task_export", { companyId: company.id, campaignId, format, language })),
      }))}
    />
  );
}

/** When it is due next; a promised call says so. */
function Next({ task }: { task: TaskView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (task.callbackAt !== null) {
    return (
      <span className={campaigns.promised} title={t("queue.promised")}>
        <CalendarClock aria-label={t("queue.promised")} />
        {format.moment(task.callbackAt)}
      </span>
    );
  }
  return task.nextAttemptAt === null ? <None /> : format.moment(task.nextAttemptAt);
}

export function Queue({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const importer = useImport();
  const campaign = useQuery(query("campaign_get", { companyId: company.id, campaignId }));
  const zone = campaign.data?.form.timeZone ?? company.timeZone;
  const navigate = useNavigate();
  const search = useSearch({ from: FROM });
  const statuses = STATUSES.filter((status) => search.filter?.includes(status));
  const pages = usePages("task_list", { companyId: company.id, campaignId, statuses, search: search.q ?? null });
  const filtered = statuses.length > 0 || search.q !== undefined;
  const find = useCallback((q: string) => void navigate({ to: FROM, params: { campaignId, tab: "queue" }, search: (old) => ({ ...old, q }), replace: true }), [navigate, campaignId]);
  const columns = useMemo(
    (): Column<TaskView>[] => [
      { id: "position", header: t("queue.column.position"), width: "64px", align: "end", cell: (task) => format.number(task.position) },
      { id: "contact", header: t("queue.column.contact"), width: "minmax(176px, 1.4fr)", cell: (task) => <Contact name={task.contactName} number={task.phone} {...(task.numbers.length > 1 ? { more: `+${task.numbers.length - 1}`, moreTitle: task.numbers.map(phone).join(", ") } : {})} /> },
      { id: "status", header: t("queue.column.status"), width: "148px", cell: (task) => <span><TaskBadge status={task.status} />{task.isDirect ? <PhoneOutgoing className={campaigns.direct} aria-label={t("queue.direct")} /> : null}</span> },
      { id: "attempts", header: t("queue.column.attempts"), width: "84px", align: "end", cell: (task) => (task.attempts === 0 ? <None /> : task.attempts) },
      { id: "outcome", header: t("queue.column.outcome"), width: "148px", cell: (task) => (task.outcome ? <OutcomeBadge outcome={task.outcome} /> : <None />) },
      { id: "last", header: t("queue.column.last"), spare: true, width: "120px", cell: (task) => (task.lastAttemptAt ? format.moment(task.lastAttemptAt) : <None />) },
      { id: "next", header: t("queue.column.next"), width: "116px", cell: (task) => <Next task={task} /> },
      {
        id: "note",
        header: t("queue.column.note"),
        spare: true,
        width: "minmax(120px, 1.6fr)",
        cell: (task) => {
          const note = (task.status === "skipped" && task.error !== null ? t(`skipped.${task.error}`, { defaultValue: task.error }) : task.error) ?? Object.entries(task.contactData).map(([name, value]) => `${name}: ${value}`).join(" · ");
          return note === "" ? <None /> : <span title={note}>{note}</span>;
        },
      },
      { id: "actions", header: "", width: "76px", align: "end", cell: (task) => <TaskActions task={task} campaignId={campaignId} zone={zone} /> },
    ],
    [t, format, campaignId, zone],
  );
  return (
    <>
      <FilterBar count={pages.total === undefined ? undefined : t("count.tasks", { count: pages.total })}>
        <SearchInput value={search.q ?? ""} label={t("queue.search")} onChange={find} />
        <Chips
          label={t("queue.column.status")}
          values={STATUSES}
          chosen={statuses}
          name={(status) => t(`taskStatus.${status}`)}
          onChange={(filter) => void navigate({ to: FROM, params: { campaignId, tab: "queue" }, search: (old) => ({ ...old, filter }), replace: true })}
        />
        {pages.total === 0 && !filtered ? null : <ExportList campaignId={campaignId} />}
      </FilterBar>
      {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
      {pages.loading ? (
        <div className={styles.pad}>
          <Loading rows={8} />
        </div>
      ) : null}
      {!pages.loading && !pages.error && pages.rows.length === 0 ? (
        <Empty
          icon={ListOrdered}
          title={filtered ? t("common.nothingFound") : t("queue.empty")}
          text={filtered ? t("queue.noMatch") : t("queue.emptyText")}
          action={
            importer && !filtered ? (
              <Button variant="primary" onClick={() => importer.open({ campaignId })}>
                {t("campaign.import")}
              </Button>
            ) : null
          }
        />
      ) : null}
      {pages.rows.length > 0 ? (
        <DataTable
          label={t("campaign.tab.queue")}
          testid="tasks"
          columns={columns}
          rows={pages.rows}
          rowId={(task) => task.id}
          onLook={pages.look}
          onOpen={(task) => (task.lastCallId ? void navigate({ to: "/calls/$callId", params: { callId: task.lastCallId } }) : undefined)}
          tall
          {...(pages.total === undefined ? {} : { total: pages.total })}
        />
      ) : null}
    </>
  );
}
