import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { CampaignForm } from "../../bindings/CampaignForm";
import { groups, type SpanText } from "../hours/spans";
import { fromWire } from "../hours/wire";

/** Runs of days, so that Monday to Friday is said as such. */
export function dayRuns(days: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const day of [...days].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}

/** "Mon–Fri 09:00–13:00, 14:00–18:00; Sat 10:00–16:00" */
export function hoursWords(t: TFunction, hours: readonly SpanText[]): string {
  const name = (day: number) => t(`weekday.short.${day}`);
  const daysOf = (days: readonly number[]) => (days.length === 7 ? t("weekday.everyDay") : dayRuns(days).map(([from, to]) => (from === to ? name(from) : `${name(from)}–${name(to)}`)).join(", "));
  const words = groups(hours).map(({ days, times }) => t("hours.group", { days: daysOf(days), times: times.join(", ") }));
  return words.length === 0 ? t("hours.none") : words.join("; ");
}

/** Days, hours and zone of the calling hours in words. */
export function useHours({ hours, timeZone, localTime }: Pick<CampaignForm, "hours" | "timeZone" | "localTime">): string {
  const { t } = useTranslation();
  return t(localTime ? "hours.inLocal" : "hours.inZone", { hours: hoursWords(t, fromWire(hours)), zone: timeZone.replaceAll("_", " ") });
}
