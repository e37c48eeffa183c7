import { useQuery } from "@tanstack/react-query";
import { FileSpreadsheet } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, toIpcError, useCommand } from "../../api";
import type { CampaignState } from "../../bindings/CampaignState";
import type { ImportReport } from "../../bindings/ImportReport";
import type { ImportSource } from "../../bindings/ImportSource";
import { type ImportFile, platform } from "../../platform";
import { Button } from "../Button";
import { useCompany } from "../company";
import { Dialog } from "../Dialog";
import { Loading } from "../Feedback";
import { InlineFailure } from "../Failure";
import { SelectField } from "../form";
import { toast } from "../toasts";
import type { ImportWish } from "./context";
import styles from "./Import.module.css";
import { ReportBody, SaveRejects } from "./Report";

/** Campaigns that still take contacts. */
const OPEN: CampaignState[] = ["draft", "scheduled", "running", "paused"];

type Step =
  | { name: "choose" }
  | { name: "checking" }
  | { name: "checked"; report: ImportReport }
  | { name: "importing"; report: ImportReport }
  | { name: "done"; report: ImportReport }
  | { name: "failed"; error: IpcError };

export function ImportDialog({ wish, onClose }: { wish: ImportWish; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const [file, setFile] = useState<ImportFile | null>(wish.file ?? null);
  const [campaignId, setCampaignId] = useState(wish.campaignId ?? "");
  const [step, setStep] = useState<Step>({ name: "choose" });
  const uploaded = useRef<{ file: ImportFile; source: ImportSource } | null>(null);
  const run = useCommand("import_run");
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: OPEN, skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const only = campaigns.data?.items.length === 1 ? campaigns.data.items[0]?.id : undefined;
  const chosen = campaignId === "" ? (only ?? "") : campaignId;

  const send = async (target: string, from: ImportFile, dryRun: boolean) => {
    if (uploaded.current?.file !== from) uploaded.current = { file: from, source: await platform().importSource(from) };
    return run.mutateAsync({ companyId: company.id, campaignId: target, source: uploaded.current.source, dryRun });
  };
  const check = async (target: string, from: ImportFile) => {
    setStep({ name: "checking" });
    try {
      setStep({ name: "checked", report: await send(target, from, true) });
    } catch (thrown) {
      setStep({ name: "failed", error: toIpcError(thrown) });
    }
  };
  const commit = async (report: ImportReport, from: ImportFile) => {
    setStep({ name: "importing", report });
    try {
      const done = await send(report.campaignId, from, false);
      setStep({ name: "done", report: done });
      toast(t("import.done", { count: done.created, campaign: done.campaignName }));
    } catch (thrown) {
      setStep({ name: "failed", error: toIpcError(thrown) });
    }
  };

  // A file and its campaign are known: what would happen is shown without another press.
  const begun = useRef(false);
  const begin = useEffectEvent((target: string, from: ImportFile) => void check(target, from));
  useEffect(() => {
    if (begun.current || !file || chosen === "") return;
    begun.current = true;
    begin(chosen, file);
  }, [file, chosen]);

  const choose = (next: string) => {
    setCampaignId(next);
    if (file && next !== "") {
      begun.current = true;
      void check(next, file);
    }
  };
  const pick = async () => {
    const picked = await platform().pickFile();
    if (!picked) return;
    setFile(picked);
    begun.current = true;
    if (chosen !== "") void check(chosen, picked);
    else begun.current = false;
  };

  const report = "report" in step ? step.report : null;
  const settled = step.name === "done";
  const busy = step.name === "checking" || step.name === "importing";
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      testid="import"
      state={step.name}
      title={settled ? t("import.doneTitle", { count: report?.created ?? 0 }) : t("import.title")}
      actions={
        settled && report ? (
          <>
            <SaveRejects report={report} />
            <Button variant="primary" onClick={onClose} data-testid="import-finish">
              {t("common.done")}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button
              variant="primary"
              busy={step.name === "importing"}
              disabled={!report || report.created === 0 || busy}
              data-testid="import-commit"
              onClick={() => (report && file ? void commit(report, file) : undefined)}
            >
              {report ? t("import.commit", { count: report.created }) : t("import.commitNone")}
            </Button>
          </>
        )
      }
    >
      {settled ? null : (
        <div className={styles.choices}>
          <div className={styles.file}>
            <FileSpreadsheet aria-hidden strokeWidth={1.5} />
            <div>
              <strong data-testid="import-file">{file?.name ?? t("import.noFile")}</strong>
              <span>{t("import.formats")}</span>
            </div>
            <Button size="small" onClick={() => void pick()} disabled={busy} data-testid="import-pick">
              {file ? t("import.otherFile") : t("import.pick")}
            </Button>
          </div>
          <SelectField
            id="import-campaign"
            name="campaignId"
            label={t("import.campaign")}
            value={chosen}
            issue={undefined}
            onChange={choose}
            onBlur={() => undefined}
            disabled={busy}
            placeholder={campaigns.data?.items.length === 0 ? t("import.noCampaign") : t("import.chooseCampaign")}
            choices={(campaigns.data?.items ?? []).map((campaign) => ({ value: campaign.id, label: campaign.form.name, note: t(`campaignState.${campaign.state}`) }))}
          />
        </div>
      )}
      {step.name === "choose" ? <p className={styles.hint}>{t("import.columns")}</p> : null}
      {step.name === "checking" ? <Loading rows={4} label={t("import.checking")} /> : null}
      {step.name === "failed" ? (
        <InlineFailure error={step.error}>
          {file && chosen !== "" ? (
            <Button size="small" onClick={() => void check(chosen, file)}>
              {t("common.retry")}
            </Button>
          ) : null}
        </InlineFailure>
      ) : null}
      {report ? <ReportBody report={report} planned={!settled} /> : null}
    </Dialog>
  );
}
