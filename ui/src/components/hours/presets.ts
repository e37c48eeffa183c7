//  Hours that are common or that a law draws. Rules of law are those of `docs/` on compliance; a lawyer has the last word.
import type { SpanText } from "./spans";

const WORKDAYS = [1, 2, 3, 4, 5] as const;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7] as const;
const WEEKEND = [6, 7] as const;

const on = (days: readonly number[], ...times: readonly (readonly [string, string])[]): SpanText[] => days.flatMap((weekday) => times.map(([opens, closes]) => ({ weekday, opens, closes })));

export type Preset = "everyDay" | "workdays" | "lunch" | "saturday" | "debtRu" | "us" | "france" | "always";

export const PRESETS: Record<Preset, readonly SpanText[]> = {
  everyDay: on(EVERY_DAY, ["09:00", "21:00"]),
  workdays: on(WORKDAYS, ["09:00", "18:00"]),
  lunch: on(WORKDAYS, ["09:00", "13:00"], ["14:00", "18:00"]),
  saturday: [...on(WORKDAYS, ["09:00", "20:00"]), ...on([6], ["10:00", "16:00"])],
  /** Federal law 230-FZ on collecting debts: by the contact's own time. */
  debtRu: [...on(WORKDAYS, ["08:00", "22:00"]), ...on(WEEKEND, ["09:00", "20:00"])],
  /** 47 CFR 64.1200 (TCPA): by the contact's own time. */
  us: on(EVERY_DAY, ["08:00", "21:00"]),
  /** Decree 2022-1313. */
  france: on(WORKDAYS, ["10:00", "13:00"], ["14:00", "20:00"]),
  always: on(EVERY_DAY, ["00:00", "24:00"]),
};

/** The preset that the hours are, if they are one. */
export function presetOf(spans: readonly SpanText[]): Preset | null {
  const key = (list: readonly SpanText[]) => list.map(({ weekday, opens, closes }) => `${weekday}${opens}${closes}`).toSorted().join();
  const wanted = key(spans);
  return (Object.keys(PRESETS) as Preset[]).find((preset) => key(PRESETS[preset]) === wanted) ?? null;
}
