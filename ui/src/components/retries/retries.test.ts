import i18next from "i18next";
import { describe, expect, it } from "vitest";

import type { RetryRuleForm } from "../../bindings/RetryRuleForm";
import type { Situation } from "../../bindings/Situation";
import { Checker } from "../form/checks";
import { ALL_SITUATIONS, baseRule, checkRules, fromTable, presetOf, presetRules, readList, readRule, recommendedRule, ruleIssuePath, ruleText, toTable } from "./rules";
import { delayWords, ruleSentence, spanWords, textSentence } from "./sentence";

const en = i18next.getFixedT("en");
const ru = i18next.getFixedT("ru");
const campaign = { maxAttempts: 3, retryDelayMinutes: 30 };
const said = (situation: Situation) => ruleSentence(en, recommendedRule(situation), campaign);
const codes = (change: Partial<ReturnType<typeof ruleText>>) => {
  const check = new Checker();
  checkRules([{ ...ruleText(baseRule("busy")), ...change }], check);
  return Object.fromEntries(Object.entries(check.issues).map(([field, { code }]) => [field, code]));
};

describe("the retry table", () => {
  it("has one row for each way in which an attempt can end", () => {
    expect(new Set(ALL_SITUATIONS).size).toBe(15);
  });

  it("comes back from the wire as it was sent, also its delays", () => {
    const table: RetryRuleForm[] = [
      { ...baseRule("busy"), delay: { kind: "list", minutes: [15, 30, 60] } },
      { ...baseRule("voicemail"), attempts: 2, delay: { kind: "exponential", baseMinutes: 30, capMinutes: 240, jitterPercent: 20 }, anotherDaypart: true },
      { ...baseRule("hung_up"), delay: { kind: "fixed", minutes: 90 } },
    ];
    expect(toTable(fromTable(table))).toEqual(table);
  });

  it("sends only the rows that are set otherwise than the base", () => {
    expect(toTable(presetRules("simple"))).toEqual([]);
    expect(toTable(presetRules("recommended")).map(({ situation }) => situation)).toEqual(["busy", "no_answer", "unreachable", "voicemail", "callback", "declined", "carrier_fault", "line_fault", "agent_fault", "hung_up"]);
  });

  it("knows its presets, whatever is typed into delays that do not count", () => {
    expect([presetOf(presetRules("recommended")), presetOf(presetRules("simple"))]).toEqual(["recommended", "simple"]);
    const rules = presetRules("simple").map((rule) => (rule.situation === "busy" ? { ...rule, minutes: "7" } : rule));
    expect(presetOf(rules)).toBe("simple");
    expect(presetOf(rules.map((rule) => (rule.situation === "busy" ? { ...rule, kind: "fixed" as const } : rule)))).toBeNull();
  });

  it("names a refusal of the host by the row that was sent", () => {
    const rules = presetRules("recommended");
    expect(ruleIssuePath("retries.0.delay.minutes.1", rules)).toBe("retries.busy.list");
    expect(ruleIssuePath("retries.6.delay.capMinutes", rules)).toBe("retries.carrier_fault.cap");
    expect(ruleIssuePath("retries.5.attempts", rules)).toBe("retries.declined.attempts");
    expect(ruleIssuePath("name", rules)).toBe("name");
  });
});

describe("what is typed", () => {
  it("is checked by the bounds of the host", () => {
    expect(codes({ attempts: "51" })).toEqual({ "retries.busy.attempts": "range" });
    expect(codes({ usesAttempt: false })).toEqual({ "retries.busy.attempts": "attemptsRequired" });
    expect(codes({ kind: "fixed", minutes: "10081" })).toEqual({ "retries.busy.minutes": "range" });
    expect(codes({ kind: "list", list: "15, x" })).toEqual({ "retries.busy.list": "delays" });
    expect(codes({ kind: "list", list: " " })).toEqual({ "retries.busy.list": "required" });
    expect(codes({ kind: "list", list: "1 2 3 4 5 6 7 8 9 10 11" })).toEqual({ "retries.busy.list": "delaysTooMany" });
    expect(codes({ kind: "exponential", base: "60", cap: "30", jitter: "51" })).toEqual({ "retries.busy.cap": "capBelowBase", "retries.busy.jitter": "range" });
    expect(codes({ kind: "campaign", minutes: "nonsense" })).toEqual({});
  });

  it("may separate delays by whatever people use", () => {
    expect(readList("15, 30;60 120")).toEqual([15, 30, 60, 120]);
    expect(readRule({ ...ruleText(baseRule("busy")), kind: "list", list: "15, soon" })).toBeNull();
  });
});

describe("a row in words", () => {
  it("says when, how often and what it costs", () => {
    expect(said("busy")).toBe("Again after 15 min, 30 min, then 1 h each time; at most 3 attempts in all.");
    expect(said("no_answer")).toBe("Again at another time of day, after 2 h, then 4 h each time; at most 3 attempts in all.");
    expect(said("declined")).toBe("Again after 1 day; at most 2 attempts of this kind.");
    expect(said("carrier_fault")).toBe("Again after 1 min, then doubling up to 10 min, give or take 20 %; at most 5 attempts of this kind; costs the contact no attempt.");
    expect(said("invalid_number")).toBe("The contact’s next number after 1 min.");
    expect(said("unwanted")).toBe("Not called again.");
    expect(said("unknown")).toBe("Again after 30 min; at most 3 attempts in all.");
  });

  it("is Russian by a person", () => {
    expect(ruleSentence(ru, recommendedRule("no_answer"), campaign)).toBe("Снова в другое время дня, через 2 ч, дальше каждый раз через 4 ч; всего не больше 3 попыток.");
    expect(ruleSentence(ru, recommendedRule("blocked"), campaign)).toBe("Больше не звоним.");
  });

  it("says that it is not complete while it is not", () => {
    expect(textSentence(en, { ...ruleText(baseRule("busy")), kind: "fixed", minutes: "" }, campaign)).toBe("Not complete yet.");
  });

  it("tells the numbers of a contact apart", () => {
    const rule = { ...baseRule("no_answer"), nextNumber: true };
    expect(ruleSentence(en, rule, campaign)).toBe("Again after 30 min; at most 3 attempts in all; the contact’s numbers in turn.");
    expect(ruleSentence(en, { ...rule, attempts: 2 }, campaign)).toBe("Again after 30 min; at most 2 attempts of this kind per number; then the next number.");
  });

  it("fits a cell of the table", () => {
    const cell = (situation: Situation) => delayWords(en, recommendedRule(situation).delay, campaign);
    expect([cell("busy"), cell("no_answer"), cell("unknown"), cell("line_fault")]).toEqual(["15, 30, 60 min", "2 h, 4 h", "30 min", "1 min … 10 min, doubling"]);
  });

  it("has times as people say them", () => {
    expect([0, 5, 60, 90, 1440, 1500, 2880].map((minutes) => spanWords(en, minutes))).toEqual(["0 min", "5 min", "1 h", "1 h 30 min", "1 day", "1 day 1 h", "2 days"]);
    expect(spanWords(ru, 7_200)).toBe("5 дней");
  });
});
