import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { CampaignState } from "../../bindings/CampaignState";
import { Button } from "../Button";
import { defaultCampaign } from "../campaign/defaults";
import { useCompany } from "../company";
import { Dialog } from "../Dialog";
import { InlineFailure } from "../Failure";
import { Checker, SelectField, TextField, useForm } from "../form";
import styles from "./Columns.module.css";

/** Campaigns that still take contacts. */
const OPEN: CampaignState[] = ["draft", "scheduled", "running", "paused"];
const NEW = "new";

const withoutEnding = (fileName: string) => fileName.replace(/\.[^.]+$/, "");

function NewCampaignDialog({ fileName, onClose, onMade }: { fileName: string; onClose: () => void; onMade: (campaignId: string) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const skillbases = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  const known = skillbases.data?.items ?? [];
  const only = known.length === 1 ? (known[0]?.id ?? "") : "";
  const form = useForm({
    initial: { name: withoutEnding(fileName), skillbaseId: "" },
    check: (values) => new Checker().text("name", values.name, 1, 255).text("skillbaseId", values.skillbaseId === "" ? only : values.skillbaseId, 1, 255).issues,
  });
  const skillbase = form.bind("skillbaseId");
  const create = () =>
    form.submit(async ({ name, skillbaseId }) => {
      const campaign = await send(client, "campaign_create", { companyId: company.id, form: defaultCampaign(name.trim(), skillbaseId === "" ? only : skillbaseId, company.timeZone) });
      onMade(campaign.id);
    });
  return (
    <Dialog
      open
      onClose={onClose}
      testid="import-new-campaign"
      title={t("import.newCampaign")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" type="submit" form={form.id} busy={form.busy} data-testid="confirm">
            {t("campaignForm.create")}
          </Button>
        </>
      }
    >
      <form
        id={form.id}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <TextField {...form.bind("name")} label={t("campaignForm.name")} autoFocus />
        <SelectField
          {...skillbase}
          value={skillbase.value === "" ? only : skillbase.value}
          label={t("campaignForm.skillbase")}
          help={skillbases.data && known.length === 0 ? t("campaignForm.noSkillbase") : undefined}
          placeholder={t("campaignForm.chooseSkillbase")}
          choices={known.map(({ id, name, version }) => ({ value: id, label: name, note: t("skillbase.version", { version }) }))}
        />
        <p className={styles.hint}>{t("import.newCampaignNote")}</p>
        {form.error ? <InlineFailure error={form.error} /> : null}
      </form>
    </Dialog>
  );
}

/** Which campaign gets the contacts: an open one, or a new one made on the way. */
export function Target({ campaignId, fileName, onChange }: { campaignId: string; fileName: string; onChange: (campaignId: string) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const id = useId();
  const [making, setMaking] = useState(false);
  const { data } = useQuery(query("campaign_list", { companyId: company.id, states: OPEN, skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const listed = campaignId === "" || data?.items.some((campaign) => campaign.id === campaignId) === true;
  // One that is new, has ended meanwhile or stands beyond the page has a name too.
  const own = useQuery({ ...query("campaign_get", { companyId: company.id, campaignId }), enabled: !listed });
  const named = listed || own.data !== undefined;
  const choices = useMemo(
    () => [
      ...(listed || !own.data ? [] : [own.data]).concat(data?.items ?? []).map((campaign) => ({ value: campaign.id, label: campaign.form.name, note: t(`campaignState.${campaign.state}`) })),
      { value: NEW, label: t("import.newCampaignChoice") },
    ],
    [data, own.data, listed, t],
  );
  return (
    <>
      <SelectField
        id={id}
        name="campaignId"
        label={t("import.campaign")}
        value={named ? campaignId : ""}
        issue={undefined}
        onChange={(next) => (next === NEW ? setMaking(true) : onChange(next))}
        onBlur={() => undefined}
        placeholder={named || own.error ? t("import.chooseCampaign") : "…"}
        choices={choices}
      />
      {making ? (
        <NewCampaignDialog
          fileName={fileName}
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            onChange(made);
          }}
        />
      ) : null}
    </>
  );
}
