import { useTranslation } from "react-i18next";

import type { CampaignForm } from "../../bindings/CampaignForm";

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

/** Days, hours and zone of the calling hours in words. */
export function useHours({ weekdays, windowOpens, windowCloses, timeZone, localTime }: Pick<CampaignForm, "weekdays" | "windowOpens" | "windowCloses" | "timeZone" | "localTime">): string {
  const { t } = useTranslation();
  const name = (day: number) => t(`weekday.short.${day}`);
  const days = weekdays.length === 7 ? t("weekday.everyDay") : dayRuns(weekdays).map(([from, to]) => (from === to ? name(from) : `${name(from)}–${name(to)}`)).join(", ");
  return t(localTime ? "campaign.hoursLocal" : "campaign.hours", { days, opens: windowOpens, closes: windowCloses, zone: timeZone.replaceAll("_", " ") });
}
