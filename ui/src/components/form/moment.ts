//  Wall-clock times of a zone and the instants they mean.

/** Minutes the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(instant);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return Math.round((local - instant) / 60_000);
}

export interface WallTime {
  /** `YYYY-MM-DD` */
  date: string;
  /** `HH:MM` */
  time: string;
}

export function toWall(instant: string, zone: string): WallTime {
  const at = Date.parse(instant);
  const local = new Date(at + offsetAt(at, zone) * 60_000).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}

/** The instant of a wall time. One that a clock change skips is taken after the gap, a double one the first time. */
export function fromWall({ date, time }: WallTime, zone: string): string {
  const local = Date.parse(`${date}T${time}:00Z`);
  const before = local - offsetAt(local - 86_400_000, zone) * 60_000;
  const after = local - offsetAt(local + 86_400_000, zone) * 60_000;
  const first = Math.min(before, after);
  const matches = (instant: number) => instant + offsetAt(instant, zone) * 60_000 === local;
  const chosen = matches(first) ? first : Math.max(before, after);
  return new Date(chosen).toISOString().replace(".000Z", "Z");
}

/** Reads a date as people type it: `2026-11-20`, `20.11.2026`, `20/11/2026`. */
export function readDate(text: string): string | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  const local = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text.trim());
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : [];
  if (!year || !month || !day) return null;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const real = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(date) ? date : null;
}

export function showDate(date: string): string {
  const [year, month, day] = date.split("-");
  return year && month && day ? `${day}.${month}.${year}` : date;
}
