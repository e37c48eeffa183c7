import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronRight, Undo2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { ImportView } from "../../bindings/ImportView";
import { Button, IconButton } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useImport } from "../../components/import/context";
import { isWorking, leftRows, undoOf } from "../../components/import/counting";
import { PhaseBadge } from "../../components/import/PhaseBadge";
import { SaveRejects } from "../../components/import/SaveRejects";
import { UndoDialog } from "../../components/import/UndoDialog";
import { Bar } from "../../components/import/Working";
import { Page } from "../../components/Page";
import { ListsTabs } from "../../components/PageTabs";
import { useFormat } from "../../components/useFormat";
import { None, TwoLines } from "../../table/Cells";
import { type Column, DataTable } from "../../table/DataTable";
import { DropZone } from "./DropZone";
import styles from "./Lists.module.css";
import { Templates } from "./Templates";
import { usePick } from "./usePick";

function State({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!isWorking(view.phase)) return <PhaseBadge phase={view.phase} />;
  return (
    <span className={styles.running}>
      <span>
        <PhaseBadge phase={view.phase} />
        {view.progress ? <small data-numeric="">{format.percent(view.progress.share)}</small> : null}
      </span>
      <Bar progress={view.progress} label={t(`importPhase.${view.phase}`)} />
    </span>
  );
}

export function Lists() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const navigate = useNavigate();
  const importer = useImport();
  const pick = usePick((file) => importer?.open({ file }));
  const [undoing, setUndoing] = useState<ImportView | null>(null);
  // The host of imports asks again while something runs; here the same answer is read.
  const { data, error, refetch } = useQuery(query("import_list", { companyId: company.id, campaignId: null }));
  const columns = useMemo((): Column<ImportView>[] => {
    const counted = (view: ImportView, value: number) => (value === 0 || view.counts.total === 0 ? <None /> : format.number(value));
    return [
      {
        id: "file",
        header: t("lists.column.file"),
        width: "minmax(168px, 2fr)",
        cell: (view) => <TwoLines first={<span title={view.fileName}>{view.fileName}</span>} second={<span title={view.campaignName}>{view.campaignName}</span>} />,
        sort: (view) => view.fileName,
      },
      { id: "state", header: t("lists.column.state"), width: "152px", cell: (view) => <State view={view} />, sort: (view) => view.phase },
      { id: "total", header: t("lists.column.total"), spare: true, width: "104px", align: "end", cell: (view) => counted(view, view.counts.total), sort: (view) => view.counts.total },
      { id: "created", header: t("lists.column.created"), width: "104px", align: "end", cell: (view) => counted(view, view.created), sort: (view) => view.created },
      { id: "left", header: t("lists.column.left"), width: "96px", align: "end", cell: (view) => counted(view, leftRows(view.counts)), sort: (view) => leftRows(view.counts) },
      { id: "when", header: t("lists.column.when"), width: "124px", cell: (view) => <span title={format.dateTime(view.createdAt)}>{format.moment(view.createdAt)}</span>, sort: (view) => view.createdAt },
      {
        id: "actions",
        header: "",
        width: "124px",
        align: "end",
        cell: (view) => (
          <span className={styles.actions}>
            {view.phase === "checked" ? (
              <Button size="small" onClick={() => void navigate({ to: "/lists/imports/$callListId", params: { callListId: view.callListId } })} data-testid="import-continue">
                {t("lists.continue")}
              </Button>
            ) : null}
            <SaveRejects view={view} small />
            {undoOf(view) === "none" ? null : <IconButton label={t(`lists.undo.${undoOf(view)}`, { count: view.uncalled })} icon={<Undo2 />} size="small" onClick={() => setUndoing(view)} data-testid="import-undo-button" />}
            <ChevronRight aria-hidden className={styles.chevron} />
          </span>
        ),
      },
    ];
  }, [t, format, navigate]);
  return (
    <Page title={t("rail.lists")} testid="page-lists" scroll={false} state={data ? "ready" : "loading"} tabs={<ListsTabs />}>
      <div className={styles.top}>
        <DropZone onPick={pick} />
        <Templates />
      </div>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data && data.items.length === 0 ? <p className={styles.none}>{t("lists.empty")}</p> : null}
      {data && data.items.length > 0 ? (
        <DataTable label={t("lists.imports")} testid="imports" columns={columns} rows={data.items} rowId={(view) => view.callListId} onOpen={(view) => void navigate({ to: "/lists/imports/$callListId", params: { callListId: view.callListId } })} tall />
      ) : null}
      {data || error ? null : (
        <div className={styles.pad}>
          <Loading />
        </div>
      )}
      {undoing ? <UndoDialog view={undoing} onClose={() => setUndoing(null)} /> : null}
    </Page>
  );
}
