import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Hourglass, PhoneCall, PhoneOutgoing } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { CampaignState } from "../../bindings/CampaignState";
import type { DirectCallStarted } from "../../bindings/DirectCallStarted";
import { phone } from "../../i18n/format";
import { Button } from "../Button";
import { waitWords } from "../campaign/reason";
import { useCompany } from "../company";
import { Dialog } from "../Dialog";
import { InlineFailure } from "../Failure";
import { Banner } from "../Feedback";
import { Checker, IssueText, SegmentedField, SelectField, useForm } from "../form";
import { LineBadge } from "../status/Badges";
import styles from "./Calling.module.css";

/** Whom to call, as far as the place that asks knows it. */
export interface Callee {
  contactId: string;
  name: string | null;
  /** The numbers of the contact, the first one first. */
  phones: readonly string[];
  /** The campaign whose conversation is offered first. */
  campaignId?: string;
}

const OPEN: CampaignState[] = ["running", "paused", "scheduled", "draft"];

interface Values {
  how: "campaign" | "skillbase";
  campaignId: string;
  skillbaseId: string;
  phone: string;
}

const check = ({ how, campaignId, skillbaseId }: Values) => (how === "campaign" ? new Checker().text("campaignId", campaignId, 1, 64) : new Checker().text("skillbaseId", skillbaseId, 1, 64)).issues;

function Result({ callee, result, onClose }: { callee: Callee; result: DirectCallStarted; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = callee.name ?? phone(callee.phones[0] ?? "");
  const queued = result.type === "queued";
  return (
    <Dialog
      open
      onClose={onClose}
      testid="call-now"
      state={result.type}
      size="small"
      title={t(queued ? "callNow.queuedTitle" : "callNow.startedTitle", { name })}
      actions={
        <>
          {queued ? (
            <Button onClick={() => void navigate({ to: "/" })}>{t("callNow.toLive")}</Button>
          ) : (
            <Button icon={<PhoneCall />} onClick={() => void navigate({ to: "/calls/$callId", params: { callId: result.callId } })} data-testid="call-now-open">
              {t("callNow.openCall")}
            </Button>
          )}
          <Button variant="primary" onClick={onClose} data-testid="done">
            {t("common.done")}
          </Button>
        </>
      }
    >
      {queued ? (
        <dl className={styles.place}>
          <div>
            <dt>{t("callNow.place")}</dt>
            <dd data-numeric="" data-testid="call-now-place">
              {result.place}
            </dd>
          </div>
          <div>
            <dt>{t("callNow.wait")}</dt>
            <dd data-numeric="">{waitWords(t, result.expectedWaitSeconds)}</dd>
          </div>
          <p>
            <Hourglass aria-hidden />
            {t("callNow.queuedText")}
          </p>
        </dl>
      ) : (
        <p className={styles.started}>
          <PhoneOutgoing aria-hidden />
          {t("callNow.startedText")}
        </p>
      )}
    </Dialog>
  );
}

/** "Call now": the next free slot is this contact's, before the row of any campaign. */
export function CallNowDialog({ callee, onClose }: { callee: Callee; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: OPEN, skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const skillbases = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  const settings = useQuery(query("settings_get", { companyId: company.id }));
  const form = useForm<Values>({ initial: { how: callee.campaignId === undefined ? "skillbase" : "campaign", campaignId: callee.campaignId ?? "", skillbaseId: "", phone: callee.phones[0] ?? "" }, check });
  const [result, setResult] = useState<DirectCallStarted | null>(null);
  const { how } = form.values;
  const offered = campaigns.data?.items ?? [];
  // Only what was published can speak.
  const known = (skillbases.data?.items ?? []).filter(({ version }) => version > 0);
  // The only skillbase is chosen by itself: nobody has to be asked.
  const only = known.length === 1 ? known[0]?.id : undefined;
  if (only !== undefined && form.values.skillbaseId === "") form.set({ skillbaseId: only });
  const line = how === "campaign" ? (offered.find(({ id }) => id === form.values.campaignId)?.line ?? settings.data?.line.kind ?? null) : (settings.data?.line.kind ?? null);
  const submit = () =>
    void form.submit(async (values) => {
      const byCampaign = values.how === "campaign";
      setResult(await send(client, "contact_call_now", { companyId: company.id, contactId: callee.contactId, phone: values.phone === callee.phones[0] ? null : values.phone, campaignId: byCampaign ? values.campaignId : null, skillbaseId: byCampaign ? null : values.skillbaseId }));
    });
  if (result) return <Result callee={callee} result={result} onClose={onClose} />;
  const name = callee.name ?? phone(callee.phones[0] ?? "");
  // With one number there is nothing to choose; its refusal is said below.
  const refused = form.issue("phone");
  return (
    <Dialog
      open
      onClose={onClose}
      testid="call-now"
      state="ask"
      title={t("callNow.title", { name })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" icon={<PhoneOutgoing />} busy={form.busy} onClick={submit} data-testid="confirm">
            {t("callNow.confirm", { number: phone(form.values.phone) })}
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
          submit();
        }}
      >
        <p className={styles.soft}>{t("callNow.text")}</p>
        {callee.phones.length > 1 ? <SelectField {...form.bind("phone")} label={t("callNow.number")} choices={callee.phones.map((number, index) => ({ value: number, label: phone(number), ...(index === 0 ? { note: t("callNow.first") } : {}) }))} /> : null}
        <SegmentedField
          {...form.bind("how")}
          onChange={(next) => form.set({ how: next === "campaign" ? "campaign" : "skillbase" })}
          label={t("callNow.how")}
          help={t(`callNow.howHelp.${how}`)}
          choices={(["skillbase", "campaign"] as const).map((value) => ({ value, label: t(`callNow.hows.${value}`) }))}
        />
        {how === "campaign" ? (
          <SelectField {...form.bind("campaignId")} label={t("callNow.campaign")} placeholder={t("callNow.chooseCampaign")} choices={offered.map((campaign) => ({ value: campaign.id, label: campaign.form.name, note: t(`campaignState.${campaign.state}`) }))} />
        ) : (
          <SelectField {...form.bind("skillbaseId")} label={t("callNow.skillbase")} help={skillbases.data && known.length === 0 ? t("contacts.call.noSkillbase") : undefined} placeholder={t("callNow.chooseSkillbase")} choices={known.map(({ id, name: title }) => ({ value: id, label: title }))} />
        )}
        {line === "practice" ? (
          <p className={styles.line}>
            <LineBadge line={line} words="line.practice" /> {t("line.practiceHint")}
          </p>
        ) : line === "livekit" ? (
          <div className={styles.warn}>
            <Banner tone="warning">{t("callNow.realPhone")}</Banner>
          </div>
        ) : null}
        {refused && callee.phones.length < 2 ? (
          <p className={styles.refused} role="alert" data-testid="error-phone" data-code={refused.code}>
            <IssueText issue={refused} />
          </p>
        ) : null}
        {form.error ? <InlineFailure error={form.error} /> : null}
      </form>
    </Dialog>
  );
}
