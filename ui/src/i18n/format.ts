//  Numbers, money, times and phone numbers for people, in the language of the desk.
import type { MoneyView } from "../bindings/MoneyView";
import { type Language, LOCALES } from ".";

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language}${JSON.stringify(options)}`;
  const known = cache.get(key) as Intl.NumberFormat | undefined;
  if (known) return known;
  const made = new Intl.NumberFormat(LOCALES[language], options);
  cache.set(key, made);
  return made;
}

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${language}${JSON.stringify(options)}`;
  const known = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (known) return known;
  const made = new Intl.DateTimeFormat(LOCALES[language], options);
  cache.set(key, made);
  return made;
}

/** For the tests and for `useFormat`; everything is pure in the language, the zone and "now". */
export function formatter(language: Language, zone?: string) {
  const timeZone = zone ? { timeZone: zone } : {};
  const time = (at: Date) => dateFormat(language, { hour: "2-digit", minute: "2-digit", ...timeZone }).format(at);
  // 03/04/2026 means two days in English; the name of the month means one.
  const month = language === "ru" ? "2-digit" : "short";
  const day = (at: Date) => dateFormat(language, { day: "2-digit", month, year: "numeric", ...timeZone }).format(at);
  const dayLong = (at: Date, now: Date, weekday = true) =>
    dateFormat(language, { ...(weekday ? { weekday: "long" as const } : {}), day: "numeric", month: "long", ...(at.getUTCFullYear() === now.getUTCFullYear() ? {} : { year: "numeric" }), ...timeZone }).format(at);
  return {
    language,
    number: (value: number, digits = 0) =>
      numberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    percent: (share: number, digits = 0) =>
      numberFormat(language, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share),
    /** What is only expected is rounded by `digits`. A price below ten hundredths keeps four digits: 0.00 would hide that it cost something. */
    money: ({ amount, currency }: MoneyView, digits?: number) => {
      const small = Math.abs(Number(amount)) > 0 && Math.abs(Number(amount)) < 0.1;
      const shown = small ? 4 : (digits ?? 2);
      return numberFormat(language, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: shown,
        maximumFractionDigits: shown,
      }).format(amount as Intl.StringNumericLiteral);
    },
    milliseconds: (value: number) =>
      numberFormat(language, { style: "unit", unit: "millisecond", unitDisplay: "short", maximumFractionDigits: 0 }).format(value).replace(" ", "\u00a0"),
    time: (at: string) => time(new Date(at)),
    clock: (at: string) =>
      dateFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", ...timeZone }).format(new Date(at)),
    date: (at: string) => day(new Date(at)),
    dateTime: (at: string) => `${day(new Date(at))} ${time(new Date(at))}`,
    /** "Monday 30 November"; the year only when it is another one. */
    dayLong: (at: string, now = new Date()) => dayLong(new Date(at), now),
    dayMonth: (at: string, now = new Date()) => dayLong(new Date(at), now, false),
    dayTime: (at: string, now = new Date()) => `${dayLong(new Date(at), now)}, ${time(new Date(at))}`,
    /** "Mon 30" */
    dayShort: (at: string) => dateFormat(language, { weekday: "short", day: "numeric", ...timeZone }).format(new Date(at)),
    /** The time alone when it is today, else with its day. */
    moment: (at: string, now = new Date()) => {
      const date = new Date(at);
      if (day(date) === day(now)) return time(date);
      const short = dateFormat(language, { day: "numeric", month: "short", ...timeZone }).format(date);
      return `${short}, ${time(date)}`;
    },
  };
}

export type Format = ReturnType<typeof formatter>;

/** 65 s is 1:05, an hour is 1:00:00; digits keep their places. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Groups the digits of the two numbering plans that are of one length everywhere; others stay as they are. */
export function phone(e164: string): string {
  const plan = /^\+(7|1)(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(e164);
  return plan ? `+${plan[1]} ${plan[2]} ${plan[3]}-${plan[4]}-${plan[5]}` : e164;
}
