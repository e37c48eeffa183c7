import { ChartLine, Copy, Download, Table2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc, useDataAge, useIsStale } from "../api";
import { IconButton } from "../components/Button";
import { toast } from "../components/toasts";
import { useSaveFile } from "../components/useSaveFile";
import { windowScope } from "../platform";
import styles from "./Charts.module.css";

export interface ChartTable {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

interface Props {
  /** The finding, not the name of the chart. */
  title: string;
  note?: string;
  table: ChartTable;
  testid: string;
  /** Moves by itself: stands still visibly when the data does. */
  live?: boolean;
  children: ReactNode;
}

/** Tab-separated, as spreadsheets take it from the clipboard. */
export function asTsv({ head, rows }: ChartTable): string {
  return [head, ...rows].map((row) => row.join("\t")).join("\n");
}

/** Title, picture and, one press away, the figures behind it. */
export function ChartFrame({ title, note, table, testid, live = false, children }: Props) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const saveFile = useSaveFile();
  const stale = useIsStale() && live;
  const copy = () => void navigator.clipboard.writeText(asTsv(table)).then(() => toast(t("chart.copied")));
  const save = () => void saveFile(() => rpc("figures_save", { title, head: [...table.head], rows: table.rows.map((row) => [...row]) }));
  return (
    <figure className={styles.frame} data-testid={testid} data-state={stale ? "frozen" : "fresh"}>
      <figcaption className={styles.caption}>
        <div>
          <h3>{title}</h3>
          {stale ? <FrozenNote /> : note ? <p>{note}</p> : null}
        </div>
        <IconButton label={asTable ? t("chart.asChart") : t("chart.asTable")} size="small" icon={asTable ? <ChartLine /> : <Table2 />} aria-pressed={asTable} data-testid={`${testid}-table`} onClick={() => setAsTable(!asTable)} />
        <IconButton label={t("chart.copy")} size="small" icon={<Copy />} onClick={copy} />
        {/* A torn-off window saves no files. */}
        {windowScope === null ? <IconButton label={t("chart.save")} size="small" icon={<Download />} data-testid={`${testid}-save`} onClick={save} /> : null}
      </figcaption>
      {asTable ? (
        <div className={styles.tableBox}>
          <table className={styles.table}>
            <thead>
              <tr>
                {table.head.map((cell) => (
                  <th key={cell} scope="col">
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row) => (
                <tr key={row[0]}>
                  {row.map((cell, index) => (index === 0 ? <th key={table.head[index]} scope="row">{cell}</th> : <td key={table.head[index]}>{cell}</td>))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        children
      )}
    </figure>
  );
}

function FrozenNote() {
  const { t } = useTranslation();
  return <p className={styles.frozen}>{t("chart.frozen", { count: useDataAge() })}</p>;
}
