import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { SkillbaseSummary } from "../../bindings/SkillbaseSummary";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { InlineFailure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useForm } from "../../components/form";
import { Page } from "../../components/Page";
import { toast } from "../../components/toasts";
import { CampaignFields } from "./CampaignFields";
import { checkCampaign, newCampaignValues, sendCampaign } from "./campaignForm";
import styles from "./Campaigns.module.css";

function NewForm({ skillbases }: { skillbases: readonly SkillbaseSummary[] }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [initial] = useState(() => newCampaignValues(company.timeZone, skillbases.length === 1 ? (skillbases[0]?.id ?? "") : ""));
  const form = useForm({ initial, check: checkCampaign, draft: `campaign-new-${company.id}` });
  const save = () =>
    form.submit(async (values) => {
      const campaign = await sendCampaign(values, (typed) => send(client, "campaign_create", { companyId: company.id, form: typed }));
      toast(t("campaign.created", { name: campaign.form.name }));
      void navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
    });
  return (
    <form
      id={form.id}
      noValidate
      data-testid="campaign-form"
      data-state={form.busy ? "busy" : "idle"}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.form}>
        <CampaignFields form={form} />
        {form.error ? <InlineFailure error={form.error} /> : null}
      </div>
      <div className={styles.bar}>
        <span>{form.dirty ? t("form.draftKept") : null}</span>
        <Button
          onClick={() => {
            form.discard();
            void navigate({ to: "/campaigns" });
          }}
        >
          {t("common.cancel")}
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} data-testid="save">
          {t("campaignForm.create")}
        </Button>
      </div>
    </form>
  );
}

export function NewCampaign() {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  return (
    <Page title={t("campaignForm.newTitle")} note={t("campaignForm.newNote")} testid="page-campaign-new" state={data ? "ready" : "loading"}>
      {data ? <NewForm skillbases={data.items.filter(({ version }) => version > 0)} /> : <Loading />}
    </Page>
  );
}
