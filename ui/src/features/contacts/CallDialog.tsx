import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../api";
import type { CampaignState } from "../../bindings/CampaignState";
import type { ContactSelection } from "../../bindings/ContactSelection";
import type { ContactsQueued } from "../../bindings/ContactsQueued";
import { Button } from "../../components/Button";
import { defaultCampaign } from "../../components/campaign/defaults";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { Checker, IssueText, SelectField, TextField, useForm } from "../../components/form";
import { Counts } from "./Counts";
import styles from "./Contacts.module.css";

/** Campaigns that still take contacts. */
const OPEN: CampaignState[] = ["draft", "scheduled", "running", "paused"];
const NEW = "new";

interface Values {
  campaignId: string;
  name: string;
  skillbaseId: string;
}

function check({ campaignId, name, skillbaseId }: Values) {
  const checker = new Checker().text("campaignId", campaignId, 1, 64);
  return campaignId === NEW ? checker.text("name", name, 1, 255).text("skillbaseId", skillbaseId, 1, 64).issues : checker.issues;
}

interface Props {
  selection: ContactSelection;
  count: number;
  onClose: () => void;
  onDone?: () => void;
}

interface Result extends ContactsQueued {
  campaignId: string;
  campaignName: string;
}

/** "Call these": puts contacts into an open campaign, or into a draft that is made for them. */
export function CallDialog({ selection, count, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: OPEN, skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const skillbases = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  const form = useForm<Values>({ initial: { campaignId: "", name: "", skillbaseId: "" }, check });
  const [made, setMade] = useState<{ id: string; name: string } | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const [error, setError] = useState<IpcError | null>(null);

  const items = campaigns.data?.items ?? [];
  const fresh = form.values.campaignId === NEW;
  // Only what was published can speak.
  const known = (skillbases.data?.items ?? []).filter(({ version }) => version > 0);
  const submit = () =>
    form.submit(async ({ campaignId, name, skillbaseId }) => {
      setError(null);
      let target = made ?? { id: campaignId, name: items.find(({ id }) => id === campaignId)?.form.name ?? "" };
      if (campaignId === NEW && !made) {
        const created = await send(client, "campaign_create", { companyId: company.id, form: defaultCampaign(name.trim(), skillbaseId, company.timeZone) });
        target = { id: created.id, name: created.form.name };
        // A second press must not make a second campaign when the contacts did not get in.
        setMade(target);
      }
      try {
        const queued = await send(client, "contact_call", { companyId: company.id, selection, campaignId: target.id });
        setResult({ ...queued, campaignId: target.id, campaignName: target.name });
        onDone?.();
      } catch (thrown) {
        setError(toIpcError(thrown));
      }
    });

  if (result) {
    return (
      <Dialog
        open
        onClose={onClose}
        testid="contacts-call"
        state="done"
        title={t("contacts.call.done", { count: result.created, campaign: result.campaignName })}
        actions={
          <>
            <Button onClick={() => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: result.campaignId } })}>{t("contacts.call.open")}</Button>
            <Button variant="primary" onClick={onClose} data-testid="done">
              {t("common.done")}
            </Button>
          </>
        }
      >
        <Counts
          counts={[
            ["created", t("contacts.call.created"), result.created],
            ["inCampaign", t("contacts.call.inCampaign"), result.inCampaign],
            ["doNotCall", t("contacts.call.doNotCall"), result.doNotCall],
          ]}
        />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      testid="contacts-call"
      title={t("contacts.call.title", { count })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={form.busy} onClick={() => void submit()} data-testid="confirm">
            {fresh ? t("contacts.call.createAndAdd", { count }) : t("contacts.call.add", { count })}
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
          void submit();
        }}
      >
        <SelectField
          {...form.bind("campaignId")}
          label={t("contacts.call.campaign")}
          help={fresh ? undefined : t("contacts.call.help")}
          placeholder={t("contacts.call.choose")}
          disabled={made !== null}
          choices={[{ value: NEW, label: t("contacts.call.newCampaign") }, ...items.map((campaign) => ({ value: campaign.id, label: campaign.form.name, note: t(`campaignState.${campaign.state}`) }))]}
        />
        {fresh ? (
          <>
            <TextField {...form.bind("name")} label={t("contacts.call.name")} autoFocus disabled={made !== null} />
            <SelectField
              {...form.bind("skillbaseId")}
              label={t("contacts.call.skillbase")}
              help={skillbases.data && known.length === 0 ? t("contacts.call.noSkillbase") : t("contacts.call.newHelp")}
              placeholder={t("contacts.call.chooseSkillbase")}
              disabled={made !== null}
              choices={known.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </>
        ) : null}
        {error ?? form.error ? (
          <InlineFailure error={(error ?? form.error) as IpcError}>
            {(error?.fields ?? []).map((field) => (
              <p key={field.field}>
                <IssueText issue={field} />
              </p>
            ))}
          </InlineFailure>
        ) : null}
      </form>
    </Dialog>
  );
}
