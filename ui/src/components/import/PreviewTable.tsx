import { CircleCheck, CircleDashed, CircleHelp, type LucideIcon, Pencil } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { ColumnRole } from "../../bindings/ColumnRole";
import type { ImportPreview } from "../../bindings/ImportPreview";
import type { PreviewColumn } from "../../bindings/PreviewColumn";
import type { PreviewRow } from "../../bindings/PreviewRow";
import { useFormat } from "../useFormat";
import styles from "./Columns.module.css";
import { columnKeys, type Confidence, confidenceOf, type RoleEdits, rolesOf } from "./mapping";
import { RoleSelect } from "./RoleSelect";

const SURE: Record<Confidence, LucideIcon> = { sure: CircleCheck, likely: CircleDashed, check: CircleHelp };

function Guess({ column, role, edited }: { column: PreviewColumn; role: ColumnRole; edited: boolean }) {
  const { t } = useTranslation();
  if (edited) {
    return (
      <span className={styles.guess} data-state="yours">
        <Pencil aria-hidden />
        {t("import.guess.yours")}
      </span>
    );
  }
  if (role === "extra" || role === "ignore") return <span className={styles.guess}>{t(`import.guess.${role}`)}</span>;
  const sure = confidenceOf(column.confidence);
  const Icon = SURE[sure];
  return (
    <span className={styles.guess} data-state={sure}>
      <Icon aria-hidden />
      {t(`import.guess.${sure}`)}
    </span>
  );
}

/** Cells change only with the rows; choosing a role must not draw fifty of them again. */
const Rows = memo(function Rows({ rows, roles }: { rows: readonly PreviewRow[]; roles: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ignored = roles.split(",").map((role) => role === "ignore");
  return (
    <tbody>
      {rows.map((row, index) => (
        // Rows of a preview have no identity; they never move.
        // oxlint-disable-next-line react/no-array-index-key
        <tr key={index}>
          <th scope="row">{row.line === null ? <span aria-label={t("import.lineUnknown")}>{"·"}</span> : format.number(row.line)}</th>
          {ignored.map((out, at) => {
            const cell = row.cells[at] ?? "";
            return (
              // oxlint-disable-next-line react/no-array-index-key
              <td key={at} data-ignored={out || undefined} title={cell}>
                {cell}
              </td>
            );
          })}
          <td />
        </tr>
      ))}
    </tbody>
  );
});

interface Props {
  preview: ImportPreview;
  rows: readonly PreviewRow[];
  edits: RoleEdits;
  busy: boolean;
  onRole: (key: string, role: ColumnRole) => void;
}

export function PreviewTable({ preview, rows, edits, busy, onRole }: Props) {
  const { t } = useTranslation();
  const keys = columnKeys(preview.columns);
  const roles = rolesOf(preview.columns, edits);
  return (
    // A scrolling region must be reachable by the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroller} tabIndex={0} role="region" aria-label={t("import.rowsOf", { file: preview.fileName })} aria-busy={busy || undefined} data-testid="preview-table" data-state={busy ? "loading" : "ready"}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("import.column.line")}</th>
            {preview.columns.map((column, index) => {
              const key = keys[index] ?? "";
              const role = roles[index] ?? "extra";
              const samples = column.samples.join(" · ");
              return (
                <th key={key} scope="col" data-role={role} data-testid="preview-column">
                  <span className={styles.name} data-named={column.named || undefined} title={column.name}>
                    {column.named ? column.name : t("import.columnNth", { index: index + 1 })}
                  </span>
                  <RoleSelect column={column.name} role={role} onChange={(next) => onRole(key, next)} />
                  <Guess column={column} role={role} edited={edits[key] !== undefined && edits[key] !== column.role} />
                  <span className={styles.samples} title={samples}>
                    {samples === "" ? t("import.noSamples") : samples}
                  </span>
                </th>
              );
            })}
            <th aria-hidden />
          </tr>
        </thead>
        <Rows rows={rows} roles={roles.join(",")} />
      </table>
    </div>
  );
}
