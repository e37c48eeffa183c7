import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query, useLiveNow } from "../../api";
import { useCompany } from "../../components/company";
import { type Form, MomentField, NumberField, parseTime, SearchField, SelectField, SwitchField, TextAreaField, TextField, TimeField, WeekdaysField, zoneChoices } from "../../components/form";
import { Section } from "../../components/Page";
import { useFormat } from "../../components/useFormat";
import styles from "./Campaigns.module.css";
import type { CampaignValues } from "./campaignForm";

interface Props {
  form: Form<CampaignValues>;
  /** While it runs only limits, retries, hours and end may change. */
  running?: boolean;
  /** It has ended: nothing may change. */
  closed?: boolean;
}

export function CampaignFields({ form, running = false, closed = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useLiveNow(30_000);
  const company = useCompany();
  const skillbases = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  const zones = useMemo(() => zoneChoices(format.language), [format.language]);
  const { windowOpens, windowCloses, timeZone } = form.values;
  const opens = parseTime(windowOpens);
  const closes = parseTime(windowCloses);
  const overnight = opens !== null && closes !== null && closes < opens;
  const localTime = useFormat(form.issues["timeZone"] ? undefined : timeZone).time(new Date(now).toISOString());
  const fixed = running || closed;
  const known = (skillbases.data?.items ?? []).filter(({ version }) => version > 0).map((skillbase) => ({ value: skillbase.id, label: skillbase.name, note: t("skillbase.version", { version: skillbase.version }) }));
  return (
    <>
      <Section title={t("campaignForm.what")} note={running ? t("campaignForm.runningNote") : undefined}>
        <div className={styles.stack}>
          <TextField {...form.bind("name")} label={t("campaignForm.name")} disabled={fixed} autoFocus={form.values.name === "" && !fixed} />
          <SelectField {...form.bind("skillbaseId")} label={t("campaignForm.skillbase")} help={known.length === 0 && skillbases.data ? t("campaignForm.noSkillbase") : t("campaignForm.skillbaseHelp")} choices={known} placeholder={t("campaignForm.chooseSkillbase")} disabled={fixed} />
          <TextAreaField {...form.bind("description")} label={t("campaignForm.description")} rows={2} disabled={fixed} />
        </div>
      </Section>
      <Section title={t("campaignForm.pace")} note={t("campaignForm.paceNote", { limit: format.number(company.callsAtOnce) })}>
        <div className={styles.two}>
          <NumberField {...form.bind("callsAtOnce")} label={t("campaignForm.callsAtOnce")} unit={t("unit.calls")} disabled={closed} />
          <NumberField {...form.bind("callsPerMinute")} label={t("campaignForm.callsPerMinute")} unit={t("unit.perMinute")} disabled={closed} />
          <NumberField {...form.bind("maxAttempts")} label={t("campaignForm.maxAttempts")} unit={t("unit.attempts")} help={t("campaignForm.maxAttemptsHelp")} disabled={closed} />
          <NumberField {...form.bind("retryDelayMinutes")} label={t("campaignForm.retryDelay")} unit={t("unit.minutes")} disabled={closed} />
        </div>
      </Section>
      <Section title={t("campaignForm.when")} note={form.values.localTime ? undefined : t("campaignForm.whenNote")}>
        <div className={styles.stack}>
          <div className={styles.hours}>
            <TimeField {...form.bind("windowOpens")} label={t("campaignForm.opens")} disabled={closed} />
            <TimeField {...form.bind("windowCloses")} label={t("campaignForm.closes")} help={overnight ? t("campaignForm.nextDay") : undefined} disabled={closed} />
          </div>
          <WeekdaysField {...form.bind("weekdays")} label={t("campaignForm.weekdays")} disabled={closed} />
          <SearchField {...form.bind("timeZone")} label={t("campaignForm.timeZone")} help={t("campaignForm.zoneNow", { time: localTime })} choices={zones} disabled={closed} />
          <SwitchField {...form.bind("localTime")} label={t("campaignForm.localTime")} help={t("campaignForm.localTimeHelp")} disabled={closed} />
          <div className={styles.two}>
            <MomentField {...form.bind("startsAt")} label={t("campaignForm.startsAt")} help={t("campaignForm.startsAtHelp")} disabled={fixed} />
            <MomentField {...form.bind("endsAt")} label={t("campaignForm.endsAt")} help={t("campaignForm.endsAtHelp")} disabled={closed} />
          </div>
        </div>
      </Section>
    </>
  );
}
