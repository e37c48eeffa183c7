//  Zones, regions and currencies as choices, with the names of the language of the desk. Built on first use: naming
//  four hundred zones takes a noticeable moment.
import { type Language, LOCALES } from "../../i18n";
import { isZone } from "./checks";
import type { Choice } from "./choices";

const cache = new Map<string, Choice[]>();

function once(key: string, make: () => Choice[]): Choice[] {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

function zoneName(zone: string, locale: string, style: "longGeneric" | "shortOffset"): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style }).formatToParts();
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

export function zoneChoices(language: Language): Choice[] {
  return once(`zones-${language}`, () =>
    ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC" && isZone(zone))].map((zone) => ({
      value: zone,
      label: zone.replaceAll("_", " "),
      note: zoneName(zone, "en", "shortOffset").replace("GMT", "UTC"),
      words: `${zoneName(zone, "en", "longGeneric")} ${zoneName(zone, "ru", "longGeneric")}`,
    })),
  );
}

export function systemZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isZone(zone) ? zone : "UTC";
}

/** There is no list of regions in `Intl`; every pair of letters that has a name of its own is one. */
export function regionChoices(language: Language): Choice[] {
  return once(`regions-${language}`, () => {
    const names = new Intl.DisplayNames(LOCALES[language], { type: "region", fallback: "none" });
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const groups = new Set(["EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"]);
    return letters
      .flatMap((first) => letters.map((second) => first + second))
      .flatMap((code) => {
        const current = Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
        const name = groups.has(code) || !current ? undefined : names.of(code);
        return name ? [{ value: code, label: name, note: code }] : [];
      })
      .toSorted((a, b) => a.label.localeCompare(b.label, language));
  });
}

const COMMON = ["RUB", "USD", "EUR", "KZT", "BYN", "UZS", "GBP", "CNY", "TRY", "AED", "INR"];

export function currencyChoices(language: Language): Choice[] {
  return once(`currencies-${language}`, () => {
    const names = new Intl.DisplayNames(LOCALES[language], { type: "currency" });
    const rest = Intl.supportedValuesOf("currency").filter((code) => !COMMON.includes(code));
    return [...COMMON, ...rest].map((code) => ({ value: code, label: `${code} – ${names.of(code) ?? code}` }));
  });
}
