import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../api";
import type { CampaignView } from "../../bindings/CampaignView";
import { ExperimentChart } from "../../charts/ExperimentChart";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { NumberField, SelectField } from "../../components/form";
import { Section } from "../../components/Page";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import styles from "./Campaigns.module.css";

const closed = ({ state }: CampaignView) => state === "completed" || state === "cancelled";

/** Which contacts get which version: by number, so that nobody hears one version today and another tomorrow. */
function Setting({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const { data } = useQuery(query("skillbase_versions", { companyId: company.id, skillbaseId: campaign.form.skillbaseId }));
  const [version, setVersion] = useState(campaign.experiment ? String(campaign.experiment.version) : "");
  const [share, setShare] = useState(String(campaign.experiment?.sharePercent ?? 50));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const number = /^\d+$/.test(share.trim()) ? Number(share) : Number.NaN;
  const issue = number >= 1 && number <= 99 ? undefined : { code: "range", params: { min: "1", max: "99" } };
  const others = (data?.items ?? []).filter((one) => one.version !== campaign.skillbaseVersion);
  const put = async (experiment: CampaignView["experiment"]) => {
    setBusy(true);
    setError(null);
    try {
      await send(client, "campaign_experiment_set", { companyId: company.id, campaignId: campaign.id, experiment, baseRevision: campaign.revision });
      toast(t(experiment ? "experiment.started" : "experiment.ended"));
      onClose();
    } catch (thrown) {
      setError(toIpcError(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      testid="experiment"
      title={t("experiment.setTitle")}
      actions={
        <>
          {campaign.experiment ? (
            <Button variant="danger" disabled={busy} onClick={() => void put(null)} data-testid="experiment-end">
              {t("experiment.end")}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={busy} disabled={version === "" || issue !== undefined} onClick={() => void put({ version: Number(version), sharePercent: number })} data-testid="confirm">
            {t(campaign.experiment ? "experiment.change" : "experiment.start")}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <p>{t("experiment.how", { version: campaign.skillbaseVersion })}</p>
        <SelectField
          id="experiment-version"
          name="experiment-version"
          label={t("experiment.versionB")}
          issue={undefined}
          value={version}
          placeholder={others.length === 0 && data ? t("experiment.noOther") : t("experiment.choose")}
          choices={others.map((one) => ({ value: String(one.version), label: t("skillbase.version", { version: one.version }), note: one.note.slice(0, 40) }))}
          onBlur={() => undefined}
          onChange={setVersion}
        />
        <NumberField id="experiment-share" name="experiment-share" label={t("experiment.share")} help={t("experiment.shareHelp")} unit={t("experiment.percent")} value={share} issue={issue} onBlur={() => undefined} onChange={setShare} />
        {error ? <InlineFailure error={error} /> : null}
      </div>
    </Dialog>
  );
}

/** Two versions side by side, or the offer to try a second one. */
export function Experiment({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const [setting, setSetting] = useState(false);
  const { data, error } = useQuery({ ...query("campaign_experiment", { companyId: company.id, campaignId: campaign.id }), enabled: campaign.experiment !== null });
  const { experiment } = campaign;
  if (!experiment && closed(campaign)) return null;
  return (
    <Section
      title={t("experiment.title")}
      testid="experiment-panel"
      note={experiment ? t("experiment.shares", { a: campaign.skillbaseVersion, shareA: format.percent((100 - experiment.sharePercent) / 100), b: experiment.version, shareB: format.percent(experiment.sharePercent / 100) }) : t("experiment.none")}
      actions={
        closed(campaign) ? null : (
          <Button size="small" icon={<FlaskConical />} onClick={() => setSetting(true)} data-testid="experiment-set">
            {t(experiment ? "experiment.change" : "experiment.try")}
          </Button>
        )
      }
    >
      {error && !data ? <InlineFailure error={error} /> : null}
      {data?.results ? <ExperimentChart results={data.results} /> : null}
      {setting ? <Setting campaign={campaign} onClose={() => setSetting(false)} /> : null}
    </Section>
  );
}
