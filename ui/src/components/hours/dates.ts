//  Dates in a row as one range: what a list of closed days is read as.
import type { HolidayForm } from "../../bindings/HolidayForm";
import { addDays } from "./opening";

export interface DateRange {
  from: string;
  to: string;
  count: number;
}

export function ranges(dates: readonly string[]): DateRange[] {
  const found: DateRange[] = [];
  for (const date of [...new Set(dates)].toSorted()) {
    const last = found.at(-1);
    if (last && addDays(last.to, 1) === date) {
      last.to = date;
      last.count += 1;
    } else found.push({ from: date, to: date, count: 1 });
  }
  return found;
}

/** The same for dates with names: a range has one name. */
export function namedRanges(dates: readonly HolidayForm[]): DateRange[] {
  const names = [...new Set(dates.map(({ name }) => name.trim()))];
  return names.flatMap((name) => ranges(dates.filter((date) => date.name.trim() === name).map(({ date }) => date))).toSorted((a, b) => a.from.localeCompare(b.from));
}

export function datesOf({ from, count }: DateRange): string[] {
  return Array.from({ length: count }, (_, index) => addDays(from, index));
}

/** The date taken out when it is there, put in when it is not; sorted. */
export function toggledDate(dates: readonly string[], date: string): string[] {
  return dates.includes(date) ? dates.filter((other) => other !== date) : [...dates, date].toSorted();
}
