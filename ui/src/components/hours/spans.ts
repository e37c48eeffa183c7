//  Arithmetic of weekly calling hours: spans of minutes on the circle of a week, and nothing about zones or screens.
import { parseTime } from "../form/checks";

export const DAY = 1440;
export const WEEK = 7 * DAY;
/** What a mouse or an arrow key moves by; the inputs take any minute. */
export const STEP = 15;
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** One span as it is typed; a closing at or before its opening is on the next day. */
export interface SpanText {
  /** ISO weekday on which it opens, 1 is Monday. */
  weekday: number;
  opens: string;
  closes: string;
}

/** The same in minutes after midnight; `to` is after `from` and beyond 1440 when the span ends the next day. */
export interface Span {
  weekday: number;
  from: number;
  to: number;
}

const two = (value: number) => String(value).padStart(2, "0");

/** Minutes as `HH:MM`; those of the next day begin again at zero, but the end of a day stays `24:00`. */
export function clockText(minutes: number): string {
  const within = minutes > DAY ? minutes - DAY : minutes;
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}

/** The minutes that somebody typed, none while they are no times or no span. */
export function readSpan({ weekday, opens, closes }: SpanText): Span | null {
  const from = parseTime(opens);
  const to = parseTime(closes);
  if (from === null || to === null || from === DAY || to === 0 || from === to) return null;
  return { weekday, from, to: to > from ? to : to + DAY };
}

export function writeSpan({ weekday, from, to }: Span): SpanText {
  return { weekday, opens: clockText(from), closes: clockText(to) };
}

const start = ({ weekday, from }: Span) => (weekday - 1) * DAY + from;
const length = ({ from, to }: Span) => to - from;
/** A whole day can be written from midnight on only; any other span must not come back to its own opening. */
const latest = (from: number) => (from === 0 ? DAY : from + DAY - 1);
const around = (minute: number) => ((minute % WEEK) + WEEK) % WEEK;

/** Whether two spans share a minute of the week; Sunday night goes on into Monday. */
export function overlap(one: Span, other: Span): boolean {
  return around(start(other) - start(one)) < length(one) || around(start(one) - start(other)) < length(other);
}

/** The free minutes before and after a place of the week: how far a span may grow without touching another. */
function room(others: readonly Span[], at: number): { before: number; after: number } {
  let before = WEEK;
  let after = WEEK;
  for (const other of others) {
    before = Math.min(before, around(at - (start(other) + length(other))));
    after = Math.min(after, around(start(other) - at));
  }
  return { before, after };
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** The span moved to another opening of its day, as far as its neighbours let it. */
export function moved(spans: readonly Span[], index: number, from: number): Span[] {
  const span = spans[index];
  if (!span) return [...spans];
  const { before, after } = room(spans.filter((_, other) => other !== index), start(span));
  const low = Math.max(0, span.from - before);
  const high = Math.min(DAY - STEP, span.from + after - length(span));
  const to = clamp(from, low, Math.max(low, high));
  return spans.with(index, { ...span, from: to, to: to + length(span) });
}

/** One edge put elsewhere, as far as the neighbours let it; a span is never shorter than a step. */
export function stretched(spans: readonly Span[], index: number, edge: "from" | "to", minute: number): Span[] {
  const span = spans[index];
  if (!span) return [...spans];
  const { before, after } = room(spans.filter((_, other) => other !== index), start(span));
  if (edge === "from") {
    const low = Math.max(0, span.from - before, span.to === DAY ? 0 : span.to - DAY + 1);
    const high = Math.min(DAY - 1, span.to - STEP);
    return spans.with(index, { ...span, from: clamp(minute, Math.min(low, high), high) });
  }
  const high = Math.min(latest(span.from), span.from + after);
  return spans.with(index, { ...span, to: clamp(minute, span.from + Math.min(STEP, high - span.from), high) });
}

/** A new span in the free part of a day around a minute, none where nothing is free. Appended, so that indexes stay. */
export function added(spans: readonly Span[], weekday: number, from: number, to: number): Span[] | null {
  const at = (weekday - 1) * DAY + from;
  const taken = spans.some((span) => around(at - start(span)) < length(span));
  if (taken) return null;
  const { after } = room(spans, at);
  const end = Math.min(to, from + after, latest(from));
  return end - from < 1 ? null : [...spans, { weekday, from, to: end }];
}

const USUAL = [
  [9 * 60, 18 * 60],
  [14 * 60, 18 * 60],
  [18 * 60, 21 * 60],
  [8 * 60, 9 * 60],
  [0, DAY],
] as const;

/** Where a further span of a day would begin and end when nobody has said it. */
export function suggested(spans: readonly Span[], weekday: number): Span | null {
  for (const [from, to] of USUAL) {
    const grown = added(spans, weekday, from, to);
    const made = grown?.at(-1);
    if (made && length(made) >= 60) return made;
  }
  for (let from = 0; from < DAY; from += STEP) {
    const made = added(spans, weekday, from, Math.min(DAY, from + 60))?.at(-1);
    if (made && length(made) >= STEP) return made;
  }
  return null;
}

/** The hours of one day for other days too, in place of what they had. */
export function copied(spans: readonly SpanText[], weekday: number, targets: readonly number[]): SpanText[] {
  const source = spans.filter((span) => span.weekday === weekday);
  const days = targets.filter((target) => target !== weekday);
  return sorted([...spans.filter((span) => !days.includes(span.weekday)), ...days.flatMap((day) => source.map((span) => ({ ...span, weekday: day })))]);
}

export function sorted(spans: readonly SpanText[]): SpanText[] {
  return spans.toSorted((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens));
}

/** A part of a span that lies in one row of the week. */
export interface Piece {
  /** Which span of the list. */
  index: number;
  from: number;
  to: number;
  /** The rest of a span that began the day before. */
  rest: boolean;
  /** It goes on in the next row. */
  goesOn: boolean;
}

/** What lies in the row of a day, from the morning to the evening. */
export function pieces(spans: readonly (Span | null)[], weekday: number): Piece[] {
  const day: Piece[] = [];
  const before = weekday === 1 ? 7 : weekday - 1;
  spans.forEach((span, index) => {
    if (!span) return;
    if (span.weekday === weekday) day.push({ index, from: span.from, to: Math.min(DAY, span.to), rest: false, goesOn: span.to > DAY });
    if (span.weekday === before && span.to > DAY) day.push({ index, from: 0, to: span.to - DAY, rest: true, goesOn: false });
  });
  return day.toSorted((a, b) => a.from - b.from);
}

/** Days with the same hours, in the order of the week: what a sentence about the week is made of. */
export function groups(spans: readonly SpanText[]): { days: number[]; times: string[] }[] {
  const found: { days: number[]; times: string[] }[] = [];
  for (const day of WEEKDAYS) {
    const times = sorted(spans.filter((span) => span.weekday === day)).map(({ opens, closes }) => `${opens}–${closes}`);
    if (times.length === 0) continue;
    const same = found.find((group) => group.times.join() === times.join());
    if (same) same.days.push(day);
    else found.push({ days: [day], times });
  }
  return found;
}

/** Minutes of the week in which calls may be placed. */
export function minutesOf(spans: readonly (Span | null)[]): number {
  return spans.reduce((sum, span) => sum + (span ? length(span) : 0), 0);
}
