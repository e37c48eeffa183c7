import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { CampaignView } from "../../bindings/CampaignView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { InlineFailure } from "../../components/Failure";
import { Banner, Loading } from "../../components/Feedback";
import { useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { CampaignFields } from "./CampaignFields";
import { campaignValues, checkCampaign, sendCampaign } from "./campaignForm";
import styles from "./Campaigns.module.css";

function Editor({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  // What was opened stays the base of the change, whatever others save meanwhile: the host then says "conflict".
  const [opened, setOpened] = useState(campaign);
  const form = useForm({ initial: campaignValues(opened.form), check: checkCampaign, draft: `campaign-${campaign.id}-${opened.revision}` });
  const outdated = campaign.revision !== opened.revision;
  const adopt = (newest: CampaignView) => {
    setOpened(newest);
    form.settle(campaignValues(newest.form));
  };
  if (outdated && !form.dirty && !form.busy) adopt(campaign);
  const closed = campaign.state === "completed" || campaign.state === "cancelled";
  const save = () =>
    form.submit(async (values) => {
      const saved = await sendCampaign(values, (typed) => send(client, "campaign_update", { companyId: campaign.companyId, campaignId: campaign.id, baseRevision: opened.revision, form: typed }));
      adopt(saved);
      toast(t("form.saved"));
    });
  return (
    <form
      id={form.id}
      noValidate
      data-testid="campaign-form"
      data-state={form.dirty ? "dirty" : "clean"}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.form}>
        {closed ? <Banner tone="warning">{t("campaignForm.closed")}</Banner> : null}
        {outdated && form.dirty ? (
          <Banner tone="warning" action={<Button size="small" onClick={() => adopt(campaign)}>{t("form.takeNewest")}</Button>}>
            {t("form.outdated")}
          </Banner>
        ) : null}
        <CampaignFields form={form} started={campaign.startedAt !== null} closed={closed} />
        {form.error ? <InlineFailure error={form.error} /> : null}
      </div>
      {closed ? null : (
        <div className={styles.bar}>
          <span>{form.dirty ? t("form.unsaved") : t("form.allSaved")}</span>
          <Button disabled={!form.dirty} onClick={form.discard}>
            {t("form.discard")}
          </Button>
          <Button type="submit" variant="primary" busy={form.busy} disabled={!form.dirty} data-testid="save">
            {t("form.save")}
          </Button>
        </div>
      )}
    </form>
  );
}

export function CampaignSettings({ campaignId }: { campaignId: string }) {
  const company = useCompany();
  const { data } = useQuery(query("campaign_get", { companyId: company.id, campaignId }));
  return data ? <Editor campaign={data} /> : <Loading />;
}
