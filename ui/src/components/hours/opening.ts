//  When calling hours are open: their minutes of the week laid on the days of a zone's calendar. The host has the last word;
//  this answers while somebody edits.
import { fromWall, toWall } from "../form/moment";
import { clockText, DAY, pieces, type Span } from "./spans";

export type Opening = { state: "open"; until: string | null } | { state: "closed"; at: string; skipped: number } | { state: "never" };

/** Far enough to see past any row of holidays. */
const HORIZON = 400;
/** Open for longer than this is open around the clock. */
const LONG = 8;

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

interface Stretch {
  from: string;
  to: string;
}

function instant(date: string, minute: number, zone: string): string {
  return minute === DAY ? fromWall({ date: addDays(date, 1), time: "00:00" }, zone) : fromWall({ date, time: clockText(minute) }, zone);
}

/**
 * The open stretches of one day of the calendar. A closed day has none, from its midnight on; what would have opened on it
 * does not go on after midnight either.
 */
function stretches(spans: readonly Span[], closed: ReadonlySet<string>, date: string, zone: string): Stretch[] {
  if (closed.has(date)) return [];
  const before = closed.has(addDays(date, -1));
  return pieces(spans, weekdayOf(date))
    .filter(({ rest }) => !(rest && before))
    .map(({ from, to }) => ({ from: instant(date, from, zone), to: instant(date, to, zone) }));
}

/** Open until when, or closed until when and how many closed days lie between. */
export function openingAt(spans: readonly Span[], closed: ReadonlySet<string>, zone: string, now: number): Opening {
  if (spans.length === 0) return { state: "never" };
  const today = toWall(new Date(now).toISOString(), zone).date;
  let until: string | null = null;
  let skipped = 0;
  for (let day = 0; day <= HORIZON; day += 1) {
    const date = addDays(today, day);
    if (closed.has(date) && pieces(spans, weekdayOf(date)).length > 0) skipped += 1;
    for (const { from, to } of stretches(spans, closed, date, zone)) {
      if (Date.parse(to) <= now) continue;
      // Without an end so far nothing was open yet: this is where it opens, or it is open already.
      if (until === null && Date.parse(from) > now) return { state: "closed", at: from, skipped };
      if (until !== null && from !== until) return { state: "open", until };
      until = to;
    }
    if (until !== null && Date.parse(until) < Date.parse(instant(date, DAY, zone))) return { state: "open", until };
    if (until !== null && day >= LONG) return { state: "open", until: null };
  }
  return until === null ? { state: "never" } : { state: "open", until };
}

/** The days from today to the same weekday next week that are closed, by weekday, with the reason: what the rows of the week show. */
export function closedThisWeek(closed: readonly { date: string; name: string }[], zone: string, now: number): ReadonlyMap<number, string> {
  const today = toWall(new Date(now).toISOString(), zone).date;
  const last = addDays(today, 6);
  return new Map(closed.filter(({ date }) => date >= today && date <= last).map(({ date, name }) => [weekdayOf(date), name]));
}
