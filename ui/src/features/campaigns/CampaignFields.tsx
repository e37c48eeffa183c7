import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query, useLiveNow } from "../../api";
import { useCompany } from "../../components/company";
import { type Form, MomentField, NumberField, SearchField, SegmentedField, SelectField, SwitchField, TextAreaField, TextField, zoneChoices } from "../../components/form";
import { isZone } from "../../components/form/checks";
import { ClosedDays } from "../../components/hours/ClosedDays";
import { HoursField } from "../../components/hours/HoursField";
import { closedThisWeek } from "../../components/hours/opening";
import { OpeningSentence } from "../../components/hours/OpeningSentence";
import { Section } from "../../components/Page";
import { RetryTable } from "../../components/retries/RetryTable";
import { useFormat } from "../../components/useFormat";
import { windowScope } from "../../platform";
import styles from "./Campaigns.module.css";
import type { CampaignValues } from "./campaignForm";

interface Props {
  form: Form<CampaignValues>;
  /** It was started once: its skillbase and its start stay. */
  started?: boolean;
  /** It has ended: nothing may change. */
  closed?: boolean;
}

function Pace({ form, closed = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  return (
    <Section title={t("campaignForm.pace")} note={t("campaignForm.paceNote", { limit: format.number(company.callsAtOnce) })}>
      <div className={styles.two}>
        <NumberField {...form.bind("callsAtOnce")} label={t("campaignForm.callsAtOnce")} unit={t("unit.calls")} disabled={closed} />
        <NumberField {...form.bind("callsPerMinute")} label={t("campaignForm.callsPerMinute")} unit={t("unit.perMinute")} disabled={closed} />
        <NumberField {...form.bind("weight")} label={t("pace.weight")} help={t("pace.weightHelp")} disabled={closed} />
        <NumberField {...form.bind("rampUpFrom")} label={t("pace.rampUp")} help={t("pace.rampUpHelp")} unit={t("unit.calls")} placeholder={t("pace.none")} disabled={closed} />
        <NumberField {...form.bind("dailyBudget")} label={t("pace.budget")} help={t("pace.budgetHelp")} unit={company.currency} placeholder={t("pace.none")} wide disabled={closed} />
        <SegmentedField
          {...form.bind("spread")}
          onChange={(spread) => form.set({ spread: spread === "even" ? "even" : "fast" })}
          label={t("pace.spread")}
          help={t(`pace.spreadHelp.${form.values.spread}`)}
          disabled={closed}
          choices={(["fast", "even"] as const).map((value) => ({ value, label: t(`pace.spreads.${value}`) }))}
        />
      </div>
    </Section>
  );
}

function When({ form, started = false, closed = false }: Props) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const now = useLiveNow(30_000);
  const company = useCompany();
  const zones = useMemo(() => zoneChoices(language), [language]);
  const limits = useQuery(query("limits_get", { companyId: company.id, campaignId: null }));
  const { timeZone, hours, closedDays } = form.values;
  const known = isZone(timeZone);
  const localTime = useFormat(known ? timeZone : undefined).time(new Date(now).toISOString());
  const holidays = useMemo(() => limits.data?.company.holidays ?? [], [limits.data]);
  const all = useMemo(() => [...closedDays, ...holidays.map(({ date }) => date)], [closedDays, holidays]);
  const thisWeek = useMemo(() => closedThisWeek([...holidays.map(({ date, name }) => ({ date, name: name || t("hours.closed.holiday") })), ...closedDays.map((date) => ({ date, name: t("hours.closed.own") }))], known ? timeZone : "UTC", now), [closedDays, holidays, timeZone, known, now, t]);
  return (
    <>
      <Section title={t("campaignForm.when")} note={form.values.localTime ? undefined : t("campaignForm.whenNote")}>
        <div className={styles.stack}>
          <HoursField id={form.id} value={hours} onChange={(next) => form.set({ hours: next })} issue={form.issue} onTouch={form.touch} closed={thisWeek} disabled={closed} />
          <OpeningSentence hours={hours} closed={all} zone={timeZone} />
          <SearchField {...form.bind("timeZone")} label={t("campaignForm.timeZone")} help={t("campaignForm.zoneNow", { time: localTime })} choices={zones} disabled={closed} />
          <SwitchField {...form.bind("localTime")} label={t("campaignForm.localTime")} help={t("campaignForm.localTimeHelp")} disabled={closed} />
          <div className={styles.two}>
            <MomentField {...form.bind("startsAt")} label={t("campaignForm.startsAt")} help={t("campaignForm.startsAtHelp")} disabled={started || closed} />
            <MomentField {...form.bind("endsAt")} label={t("campaignForm.endsAt")} help={t("campaignForm.endsAtHelp")} disabled={closed} />
          </div>
        </div>
      </Section>
      <Section title={t("hours.closed.title")} note={t("hours.closed.note")}>
        <ClosedDays
          name="closedDays"
          value={closedDays}
          onChange={(next) => form.set({ closedDays: next })}
          issue={form.issue("closedDays")}
          zone={known ? timeZone : "UTC"}
          holidays={holidays}
          empty={t("hours.closed.none")}
          disabled={closed}
          foot={
            windowScope === null ? (
              <Link to="/settings/$section" params={{ section: "holidays" }}>
                {t("hours.closed.toHolidays")}
              </Link>
            ) : null
          }
        />
      </Section>
    </>
  );
}

export function CampaignFields({ form, started = false, closed = false }: Props) {
  const { t } = useTranslation();
  const company = useCompany();
  const skillbases = useQuery(query("skillbase_list", { companyId: company.id, archived: false }));
  const known = (skillbases.data?.items ?? []).filter(({ version }) => version > 0).map((skillbase) => ({ value: skillbase.id, label: skillbase.name, note: t("skillbase.version", { version: skillbase.version }) }));
  const retries = { maxAttempts: Number(form.values.maxAttempts) || 1, retryDelayMinutes: Number(form.values.retryDelayMinutes) || 1 };
  return (
    <>
      <Section title={t("campaignForm.what")} note={started && !closed ? t("campaignForm.startedNote") : undefined}>
        <div className={styles.stack}>
          <TextField {...form.bind("name")} label={t("campaignForm.name")} disabled={closed} autoFocus={form.values.name === "" && !closed} />
          <SelectField {...form.bind("skillbaseId")} label={t("campaignForm.skillbase")} help={known.length === 0 && skillbases.data ? t("campaignForm.noSkillbase") : t("campaignForm.skillbaseHelp")} choices={known} placeholder={t("campaignForm.chooseSkillbase")} disabled={started || closed} />
          <TextAreaField {...form.bind("description")} label={t("campaignForm.description")} rows={2} disabled={closed} />
        </div>
      </Section>
      <Pace form={form} closed={closed} />
      <When form={form} started={started} closed={closed} />
      <Section title={t("retries.title")} note={t("retries.note")}>
        <div className={styles.stack}>
          <div className={styles.two}>
            <NumberField {...form.bind("maxAttempts")} label={t("campaignForm.maxAttempts")} unit={t("unit.attempts")} help={t("campaignForm.maxAttemptsHelp")} disabled={closed} />
            <NumberField {...form.bind("retryDelayMinutes")} label={t("campaignForm.retryDelay")} unit={t("unit.minutes")} help={t("retries.delayHelp")} disabled={closed} />
          </div>
          <RetryTable id={form.id} value={form.values.retries} onChange={(next) => form.set({ retries: next })} campaign={retries} issue={form.issue} onTouch={form.touch} disabled={closed} />
        </div>
      </Section>
    </>
  );
}
