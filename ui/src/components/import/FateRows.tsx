import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ImportRow } from "../../bindings/ImportRow";
import type { ImportView } from "../../bindings/ImportView";
import type { RowFate } from "../../bindings/RowFate";
import { TwoLines } from "../../table/Cells";
import { type Column, DataTable } from "../../table/DataTable";
import { Failure } from "../Failure";
import { Loading } from "../Feedback";
import { useFormat } from "../useFormat";
import { countOf, LEFT } from "./counting";
import styles from "./Result.module.css";
import { useRows } from "./useRows";
import { reasonText } from "./words";

/** The name of the contact, from the columns that hold parts of it. */
function nameOf(view: ImportView, row: ImportRow): string {
  return row.cells.filter((cell, index) => view.roles[index] === "name" && cell.trim() !== "").join(" ");
}

/** The rows of one fate, with the cell as it stood and the reason in words. */
export function FateRows({ view, fate }: { view: ImportView; fate: RowFate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { rows, error, loading, look, retry } = useRows(view.callListId, fate);
  const columns = useMemo((): Column<ImportRow>[] => {
    const stood = (row: ImportRow) => (row.value === null || row.value === "" ? t("import.blank") : row.value);
    return [
      { id: "line", header: t("import.column.line"), width: "76px", align: "end", cell: (row) => format.number(row.line) },
      {
        id: "value",
        header: t("import.column.value"),
        width: "minmax(150px, 1fr)",
        cell: (row) => (
          <TwoLines
            first={<span title={row.cells.join(" · ")}>{stood(row)}</span>}
            second={[nameOf(view, row), row.field].find((text) => text !== null && text !== "" && text !== row.value) ?? "\u00a0"}
          />
        ),
      },
      { id: "reason", header: t(`import.reasonOf.${fate === "fixed" ? "fixed" : LEFT.includes(fate) ? "left" : "taken"}`), width: "minmax(180px, 1.5fr)", cell: (row) => <span className={styles.reason}>{reasonText(t, row)}</span> },
    ];
  }, [t, format, view, fate]);
  if (error && rows.length === 0) return <Failure error={error} onRetry={retry} />;
  if (loading) return <Loading rows={8} label={t("common.loading")} />;
  return <DataTable label={t(`rowFate.${fate}`)} testid="fate-rows" columns={columns} rows={rows} rowId={(row) => String(row.line)} onLook={look} total={countOf(view.counts, fate)} tall />;
}
