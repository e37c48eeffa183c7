import i18next from "i18next";
import { describe, expect, it } from "vitest";

import type { ContactView } from "../../bindings/ContactView";
import type { PriorityPart } from "../../bindings/PriorityPart";
import { bestToKeep, merged } from "./merge";
import { breadth, readEntries, readPrefix } from "./prefix";
import { prioritySentence } from "./priority";
import { isNight, timesIn, zonePlace } from "./zones";

const part = (rule: PriorityPart["rule"], count: number, points: number): PriorityPart => ({ rule, count, points });

describe("the sentence of the priority", () => {
  const known = [part("name", 1, 100), part("email", 1, 10), part("organization", 1, 10), part("successes", 3, 15), part("not_connected", 1, -10)];

  it("is built from the parts of the sum", () => {
    expect(prioritySentence(i18next.getFixedT("en"), { total: 125, parts: known })).toBe("Priority 125: has a name (+100), e-mail (+10), company (+10), 3 successful calls (+15), 1 attempt reached nobody (−10)");
  });

  it("has the Russian plurals", () => {
    expect(prioritySentence(i18next.getFixedT("ru"), { total: 105, parts: [part("name", 1, 100), part("successes", 5, 25), part("not_connected", 2, -20)] })).toBe("Приоритет 105: есть имя (+100), 5 успешных звонков (+25), 2 попытки без ответа (−20)");
  });

  it("says why it is not below zero, and that nothing adds to it", () => {
    expect(prioritySentence(i18next.getFixedT("en"), { total: 0, parts: [part("not_connected", 4, -40)] })).toBe("Priority 0: 4 attempts reached nobody (−40); it is never below 0");
    expect(prioritySentence(i18next.getFixedT("en"), { total: 0, parts: [] })).toBe("Priority 0: no name, e-mail, company or calls yet");
  });
});

const person = (id: string, more: Partial<ContactView>): ContactView => ({
  id,
  phone: `+7916000000${id}`,
  otherPhones: [],
  name: null,
  email: null,
  organization: null,
  notes: null,
  tags: [],
  zones: [],
  zoneSource: "campaign",
  data: {},
  revision: 1,
  createdAt: `2026-11-0${id}T09:00:00Z`,
  lastCallAt: null,
  lastOutcome: null,
  calls: 0,
  ...more,
});

describe("a merge", () => {
  const keep = person("1", { name: "Анна", otherPhones: ["+74951112233"], tags: ["VIP"], calls: 2 });
  const other = person("2", { name: "Аня", email: "anna@example.org", otherPhones: ["+79160000001", "+79165550000"], tags: ["пилот", "VIP"], calls: 1 });

  it("fills in where the one that stays says nothing", () => {
    expect(merged(keep, [other])).toEqual({ phone: keep.phone, otherPhones: ["+74951112233", "+79160000002", "+79165550000"], name: "Анна", email: "anna@example.org", organization: null, tags: ["VIP", "пилот"], calls: 3 });
  });

  it("asks the older ones first", () => {
    const [older, newer] = [person("3", { email: "old@example.org" }), person("4", { email: "new@example.org" })];
    expect(merged(keep, [newer, older]).email).toBe("old@example.org");
  });

  it("offers the one that knows most", () => {
    expect(bestToKeep([other, keep])?.id).toBe("1");
    expect(bestToKeep([person("3", {}), person("4", { email: "a@b" })])?.id).toBe("4");
    expect(bestToKeep([person("6", {}), person("5", {})])?.id).toBe("5");
  });
});

describe("what must not be called", () => {
  it("is one entry per line, with prefixes told apart", () => {
    expect(readEntries("8 916 123-45-67\n\n +7495* \r\n8 495 123-45-67,12")).toEqual({ numbers: ["8 916 123-45-67", "8 495 123-45-67,12"], prefixes: ["+7495*"] });
  });

  it("reads prefixes as the host does", () => {
    const read = (prefix: string, region = "RU") => {
      const found = readPrefix(prefix, region);
      return "digits" in found ? found.digits : found.refused;
    };
    expect(["+7 999*", "8 (999) 12*", "7999 *", "810 49 30*"].map((prefix) => read(prefix))).toEqual(["7999", "799912", "7999", "4930"]);
    expect([read("0049*", "DE"), read("011 44*", "US")]).toEqual(["49", "44"]);
    expect(["*", "999*", "+7*", "8*", "+7 9x*", "+09*", "+1234567890123456*"].map((prefix) => read(prefix))).toEqual(["prefixCountry", "prefixCountry", "prefixTooShort", "prefixTooShort", "prefixInvalid", "prefixInvalid", "prefixInvalid"]);
  });

  it("knows how broad a prefix is where all numbers are of one length", () => {
    expect(["79", "7495", "1212555", "4930"].map(breadth)).toEqual([1_000_000_000, 10_000_000, 10_000, null]);
  });
});

describe("zones in words", () => {
  it("are places, not names of a database", () => {
    expect([zonePlace(i18next.getFixedT("en"), "America/New_York"), zonePlace(i18next.getFixedT("ru"), "Asia/Novosibirsk"), zonePlace(i18next.getFixedT("ru"), "America/Argentina/La_Rioja")]).toEqual(["New York", "Новосибирск", "La Rioja"]);
const at = Date.UTC(2026, 10, 20, 20, 15);
    expect(timesIn(["Asia/Kolkata", "America/New_York", "UTC", "Asia/Novosibirsk"], at).map(({ offset, minutes }) => `${offset} ${minutes}`)).toEqual(["UTC-5 915", "UTC 1215", "UTC+5:30 105", "UTC+7 195"]);
    expect(timesIn(["Asia/Novosibirsk", "America/New_York"], at).map(isNight)).toEqual([false, true]);
  });
});
