import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../api";
import type { ImportReport } from "../../bindings/ImportReport";
import { platform } from "../../platform";
import { Button } from "../Button";
import { useCompany } from "../company";
import { toast } from "../toasts";
import { useFailure } from "../useErrorText";
import { useFormat } from "../useFormat";
import styles from "./Import.module.css";

/** The rows that were not taken, as a file to correct and bring again. */
export function SaveRejects({ report }: { report: ImportReport }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const company = useCompany();
  const failed = useFailure();
  const [busy, setBusy] = useState(false);
  const { callListId } = report;
  if (callListId === null || report.duplicates + report.rejected === 0) return null;
  const save = async () => {
    setBusy(true);
    try {
      const saved = await rpc("import_rejects_save", { companyId: company.id, callListId, language });
      platform().saveContent(saved);
      if (saved.path !== null) toast(t("import.saved", { path: saved.path }));
    } catch (thrown) {
      failed(t("import.saveFailed"), thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon={<Download />} busy={busy} onClick={() => void save()} data-testid="import-rejects">
      {t("import.saveRejects", { count: report.duplicates + report.rejected })}
    </Button>
  );
}

export function ReportBody({ report, planned }: { report: ImportReport; planned: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const counts = [
    ["total", report.total],
    ["created", report.created],
    ["duplicates", report.duplicates],
    ["rejected", report.rejected],
  ] as const;
  const missing = report.duplicates + report.rejected;
  return (
    <div data-testid="import-report">
      <dl className={styles.counts}>
        {counts.map(([name, count]) => (
          <div key={name} data-name={name} data-zero={count === 0 || undefined}>
            <dt>{t(planned && name === "created" ? "import.count.willCreate" : `import.count.${name}`)}</dt>
            <dd data-numeric="" data-testid={`import-${name}`} data-state={count}>
              {format.number(count)}
            </dd>
          </div>
        ))}
      </dl>
      {report.extraColumns.length > 0 ? <p className={styles.hint}>{t("import.extra", { columns: report.extraColumns.join(", ") })}</p> : null}
      {missing === 0 ? null : (
        <>
          <h3 className={styles.subhead}>{missing > report.rejects.length ? t("import.firstRows", { count: report.rejects.length, total: format.number(missing) }) : t("import.rows")}</h3>
          <div className={styles.rejects}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("import.column.line")}</th>
                  <th scope="col">{t("import.column.value")}</th>
                  <th scope="col">{t("import.column.reason")}</th>
                </tr>
              </thead>
              <tbody>
                {report.rejects.map((row) => (
                  <tr key={`${row.line}-${row.field}`} data-testid="reject" data-reason={row.reason} data-kind={row.kind}>
                    <td data-numeric="">{row.line}</td>
                    <td title={row.value}>{row.value === "" ? t("import.blank") : row.value}</td>
                    <td>{t(`rejects.${row.reason}`, { defaultValue: row.reason })}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}
