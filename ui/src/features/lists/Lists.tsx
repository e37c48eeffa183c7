import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { ImportReport } from "../../bindings/ImportReport";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useImport } from "../../components/import/context";
import { Page } from "../../components/Page";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { platform } from "../../platform";
import { None } from "../../table/Cells";
import { type Column, DataTable } from "../../table/DataTable";
import styles from "./Lists.module.css";

export function Lists() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const importer = useImport();
  const failed = useFailure();
  const { data, error, refetch } = useQuery(query("import_list", { companyId: company.id, campaignId: null }));
  const columns = useMemo((): Column<ImportReport>[] => {
    const count = (value: number) => (value === 0 ? <None /> : format.number(value));
    return [
      { id: "file", header: t("lists.column.file"), width: "minmax(180px, 1.4fr)", cell: (item) => <span title={item.fileName}>{item.fileName}</span>, sort: (item) => item.fileName },
      { id: "campaign", header: t("lists.column.campaign"), width: "minmax(180px, 1.4fr)", cell: (item) => <span title={item.campaignName}>{item.campaignName}</span>, sort: (item) => item.campaignName },
      { id: "when", header: t("lists.column.when"), width: "148px", cell: (item) => format.moment(item.createdAt), sort: (item) => item.createdAt },
      { id: "total", header: t("lists.column.total"), spare: true, width: "104px", align: "end", cell: (item) => format.number(item.total), sort: (item) => item.total },
      { id: "created", header: t("lists.column.created"), width: "112px", align: "end", cell: (item) => count(item.created), sort: (item) => item.created },
      { id: "duplicates", header: t("lists.column.duplicates"), width: "112px", align: "end", cell: (item) => count(item.duplicates), sort: (item) => item.duplicates },
      { id: "rejected", header: t("lists.column.rejected"), width: "112px", align: "end", cell: (item) => (item.rejected === 0 ? <None /> : <span className={styles.bad}>{format.number(item.rejected)}</span>), sort: (item) => item.rejected },
    ];
  }, [t, format]);
  const pick = () =>
    platform()
      .pickFile()
      .then((file) => (file ? importer?.open({ file }) : undefined))
      .catch((thrown: unknown) => failed(t("lists.pickFailed"), thrown));
  return (
    <Page title={t("rail.lists")} testid="page-lists" scroll={false} state={data ? "ready" : "loading"}>
      <div className={styles.drop}>
        <button type="button" onClick={() => void pick()} data-testid="drop-zone">
          <FileUp aria-hidden strokeWidth={1.5} />
          <span>
            <strong>{t("lists.drop")}</strong>
            <span>{t("import.columns")}</span>
          </span>
        </button>
      </div>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data && data.items.length === 0 ? <p className={styles.none}>{t("lists.empty")}</p> : null}
      {data && data.items.length > 0 ? (
        <DataTable label={t("lists.imports")} testid="imports" columns={columns} rows={data.items} rowId={(item) => item.callListId ?? item.createdAt} onOpen={(item) => (item.callListId ? importer?.report(item.callListId) : undefined)} />
      ) : null}
      {data || error ? null : (
        <div className={styles.drop}>
          <Loading />
        </div>
      )}
    </Page>
  );
}
