import { useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { IpcError, query, send, toIpcError } from "../../api";
import type { HolidayForm } from "../../bindings/HolidayForm";
import type { LimitsView } from "../../bindings/LimitsView";
import type { SettingsView } from "../../bindings/SettingsView";
import { IconButton } from "../../components/Button";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Checker, type FieldIssues, IssueText, Month, TextField, useForm } from "../../components/form";
import { type DateRange, namedRanges } from "../../components/hours/dates";
import { toWall } from "../../components/form/moment";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

interface Values {
  holidays: HolidayForm[];
}

const MAX_DAYS = 366;

function check({ holidays }: Values): FieldIssues {
  const checker = new Checker();
  if (holidays.length > MAX_DAYS) checker.add("holidays", "tooMany", { max: String(MAX_DAYS) });
  for (const { date, name } of holidays) checker.text(`holidays.${date}`, name, 0, 100);
  return checker.issues;
}

/** The host names a holiday by its place in what was sent; here it is the range that the date lies in. */
function atDates(error: IpcError, sent: readonly HolidayForm[], shown: readonly DateRange[]): IpcError {
  const fields = error.fields.map((refusal) => {
    const date = sent[Number(/holidays\.(\d+)/.exec(refusal.field)?.[1] ?? Number.NaN)]?.date;
    const range = shown.find(({ from, to }) => date !== undefined && date >= from && date <= to);
    return { ...refusal, field: range ? `holidays.${range.from}` : "holidays" };
  });
  return new IpcError({ code: error.code, message: error.message, params: error.params, fields, retryable: error.retryable, incident: error.incident }, { cause: error });
}

function Editor({ settings, limits }: { settings: SettingsView; limits: LimitsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const format = useFormat("UTC");
  const { company } = settings;
  const [today] = useState(() => toWall(new Date().toISOString(), company.timeZone).date);
  const form = useForm<Values>({ initial: { holidays: limits.company.holidays.toSorted((a, b) => a.date.localeCompare(b.date)) }, check });
  const { holidays } = form.values;
  const put = (next: HolidayForm[]) => form.set({ holidays: next.toSorted((a, b) => a.date.localeCompare(b.date)) });
  const toggle = (date: string) => {
    const known = holidays.some((holiday) => holiday.date === date);
    // A day beside a holiday mostly belongs to it.
    const beside = holidays.find((holiday) => Math.abs(Date.parse(holiday.date) - Date.parse(date)) === 86_400_000);
    put(known ? holidays.filter((holiday) => holiday.date !== date) : [...holidays, { date, name: beside?.name ?? "" }]);
  };
  const shown = namedRanges(holidays.filter(({ date }) => date >= today));
  const save = () =>
    void form.submit(async (values) => {
      const sent = values.holidays.map(({ date, name }) => ({ date, name: name.trim() }));
      const saved = await send(client, "company_limits_update", { companyId: company.id, form: { ...limits.company, holidays: sent } }).catch((thrown: unknown) => {
        throw atDates(toIpcError(thrown), sent, shown);
      });
      form.settle({ holidays: saved.company.holidays.toSorted((a, b) => a.date.localeCompare(b.date)) });
      toast(t("form.saved"));
    });
  const tooMany = form.issue("holidays");
  const past = holidays.filter(({ date }) => date < today).length;
  return (
    <SettingsForm form={form} testid="holidays-form" onSave={save}>
      <div className={styles.holidays}>
        <div role="group" aria-label={t("holidays.calendar")}>
          <Month shownFirst={today} isChosen={(date) => holidays.some((holiday) => holiday.date === date)} mark={(date) => holidays.find((holiday) => holiday.date === date)?.name || undefined} onChoose={toggle} />
        </div>
        <div className={styles.stack}>
          {shown.length === 0 ? <p className={styles.soft}>{t("holidays.none")}</p> : null}
          {shown.map((range) => {
            const inside = ({ date }: HolidayForm) => date >= range.from && date <= range.to;
            const name = holidays.find(inside)?.name ?? "";
            const words = range.count === 1 ? format.dayLong(range.from) : t("hours.closed.range", { from: format.dayMonth(range.from), to: format.dayMonth(range.to) });
            return (
              <div key={range.from} className={styles.holiday} data-testid="holiday">
                <TextField
                  id={`${form.id}holidays.${range.from}`}
                  name={`holidays.${range.from}`}
                  label={words}
                  placeholder={t("holidays.name")}
                  value={name}
                  issue={form.issue(`holidays.${range.from}`)}
                  onChange={(value) => put(holidays.map((holiday) => (inside(holiday) && holiday.name === name ? { ...holiday, name: value } : holiday)))}
                  onBlur={() => form.touch(`holidays.${range.from}`)}
                />
                <IconButton label={t("hours.closed.remove", { date: words })} icon={<X />} onClick={() => put(holidays.filter((holiday) => !(inside(holiday) && holiday.name === name)))} />
              </div>
            );
          })}
          {tooMany ? (
            <p className={styles.refused} role="alert" data-testid="error-holidays" data-code={tooMany.code}>
              <IssueText issue={tooMany} />
            </p>
          ) : null}
          {past > 0 ? <p className={styles.soft}>{t("hours.closed.past", { count: past })}</p> : null}
        </div>
      </div>
    </SettingsForm>
  );
}

/** Dates on which the company calls nobody, in any campaign. */
export function Holidays({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(query("limits_get", { companyId: settings.company.id, campaignId: null }));
  return (
    <div>
      <Head title={t("settings.holidays")} note={t("holidays.note")} />
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Editor settings={settings} limits={data} /> : error ? null : <Loading />}
    </div>
  );
}
