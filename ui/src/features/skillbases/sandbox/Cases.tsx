import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleDot, ListChecks, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, rpc, send, toIpcError } from "../../../api";
import type { RegressionReport } from "../../../bindings/RegressionReport";
import { Button, IconButton } from "../../../components/Button";
import { Failure, InlineFailure } from "../../../components/Failure";
import { Empty, Loading } from "../../../components/Feedback";
import { Section } from "../../../components/Page";
import { useFailure } from "../../../components/useErrorText";
import { useFormat } from "../../../components/useFormat";
import { useEditing } from "../parts/context";
import { Change } from "../versions/Changes";
import styles from "./Sandbox.module.css";

/** Kept conversations, said again to what is being edited: what goes as before, and what changed. */
export function Cases() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const failed = useFailure();
  const { companyId, skillbaseId, store } = useEditing();
  const request = { companyId, skillbaseId: skillbaseId ?? "" };
  const { data, error, refetch } = useQuery(query("sandbox_list", request));
  const [report, setReport] = useState<RegressionReport | null>(null);
  const [fault, setFault] = useState<IpcError | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setFault(null);
    try {
      setReport(await rpc("regression_run", { ...request, document: store.root.document }));
    } catch (thrown) {
      setFault(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const forget = async (caseId: string) => {
    try {
      await send(client, "sandbox_delete", { ...request, caseId });
    } catch (thrown) {
      failed(t("editor.cases.deleteFailed"), thrown);
    }
  };
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.items.length === 0) return <Empty icon={ListChecks} title={t("editor.cases.empty")} text={t("editor.cases.emptyText")} />;
  const results = new Map(report?.items.map((item) => [item.caseId, item]));
  const different = report ? report.items.length - report.same : 0;
  return (
    <Section
      title={report ? (different === 0 ? t("editor.cases.allSame", { count: report.same }) : t("editor.cases.different", { count: different, total: report.items.length })) : t("editor.cases.count", { count: data.items.length })}
      note={t("editor.cases.note")}
      testid="cases"
      actions={
        <Button variant="primary" icon={<Play />} busy={busy} onClick={() => void run()} data-testid="run-cases">
          {t("editor.cases.run")}
        </Button>
      }
    >
      {fault ? <InlineFailure error={fault} /> : null}
      <ul className={styles.cases}>
        {data.items.map((item) => {
          const result = results.get(item.id);
          return (
            <li key={item.id} data-testid="case" data-state={result ? (result.same ? "same" : "different") : "idle"}>
              <header>
                {result ? result.same ? <CircleCheck aria-hidden /> : <CircleDot aria-hidden /> : null}
                <strong>{item.name}</strong>
                <span>{t("editor.cases.about", { count: item.sentences, when: format.moment(item.createdAt) })}</span>
                {result ? <em>{t(result.same ? "editor.cases.same" : "editor.cases.changed")}</em> : null}
                <IconButton size="small" label={t("editor.cases.delete", { name: item.name })} icon={<Trash2 />} onClick={() => void forget(item.id)} />
              </header>
              {result && !result.same ? result.changes.map((change) => <Change key={change.path} label={t(`editor.cases.part.${change.path.split(".")[0] ?? ""}`, { rest: change.path.split(".").slice(1).join("."), defaultValue: change.path })} before={change.before} after={change.after} />) : null}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
