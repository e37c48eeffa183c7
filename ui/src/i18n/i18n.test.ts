import i18next from "i18next";
import { describe, expect, it } from "vitest";

import { duration, formatter, phone } from "./format";

const ru = (key: string, count: number) => i18next.t(key, { count, lng: "ru" });

describe("Russian plurals", () => {
  it("have all their forms", () => {
    expect([1, 2, 5, 11, 21, 22, 1.5].map((count) => ru("count.calls", count))).toEqual(["1 звонок", "2 звонка", "5 звонков", "11 звонков", "21 звонок", "22 звонка", "1,5 звонка"]);
  });

  it("say nothing as nothing", () => {
    expect(ru("campaign.paused", 0)).toBe("Пауза. Звонков в работе нет.");
  });
});

describe("figures", () => {
  const [en, rus] = [formatter("en"), formatter("ru")];

  it("follow the language", () => {
    expect(en.number(1234567)).toBe("1,234,567");
    expect(rus.number(1234567).replace(/\s/g, " ")).toBe("1 234 567");
    expect(rus.percent(0.399).replace(/\s/g, " ")).toBe("40 %");
  });

  it("lose no digit of an amount and show small ones", () => {
    expect(en.money({ amount: "90071992547409931.25", currency: "USD" })).toBe("$90,071,992,547,409,931.25");
    expect(en.money({ amount: "0.0043", currency: "USD" })).toBe("$0.0043");
    expect(rus.money({ amount: "31400", currency: "RUB" }).replace(/\s/g, " ")).toBe("31 400,00 ₽");
  });

  it("name the day only when it is not today", () => {
    const utc = formatter("ru", "UTC");
    const now = new Date("2026-11-20T12:00:00Z");
    expect(utc.moment("2026-11-20T09:05:00Z", now)).toBe("09:05");
    expect(utc.moment("2026-11-21T09:05:00Z", now)).toContain("21");
  });

  it("count durations with steady digits", () => {
    expect([0, 65, 3_600, -3].map(duration)).toEqual(["0:00", "1:05", "1:00:00", "0:00"]);
  });

  it("group the digits of known numbering plans only", () => {
    expect(phone("+79161234567")).toBe("+7 916 123-45-67");
    expect(phone("+4930123456")).toBe("+4930123456");
  });
});
