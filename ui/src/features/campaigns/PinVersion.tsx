import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { CampaignView } from "../../bindings/CampaignView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import styles from "./Campaigns.module.css";

/** A newer version of the skillbase exists: this campaign keeps its own until a person pins the newer one. */
export function PinVersion({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [from, to] = [campaign.skillbaseVersion, campaign.skillbaseNewestVersion];
  const pin = async () => {
    setBusy(true);
    try {
      await send(client, "campaign_pin_version", { companyId: company.id, campaignId: campaign.id, version: to, baseRevision: campaign.revision });
      toast(t("experiment.pinned", { version: to }));
      setAsking(false);
    } catch (thrown) {
      failed(t("experiment.pinFailed"), thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)} data-testid="pin-version">
        {t("experiment.pin", { version: to })}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        testid="ask-pin"
        title={t("experiment.pinTitle", { version: to })}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.back")}</Button>
            <Button variant="primary" busy={busy} onClick={() => void pin()} data-testid="confirm">
              {t("experiment.pin", { version: to })}
            </Button>
          </>
        }
      >
        <div className={styles.stack}>
          <p>{t("experiment.pinEffect", { from, to })}</p>
          <Link to="/skillbases/$skillbaseId" params={{ skillbaseId: campaign.form.skillbaseId }} search={{ view: "versions" }}>
            {t("experiment.pinLook")}
          </Link>
        </div>
      </Dialog>
    </>
  );
}
