import i18next from "i18next";
import { describe, expect, it } from "vitest";

import en from "../../i18n/en.json";
import ru from "../../i18n/ru.json";
import type { DialingReason } from "../../bindings/DialingReason";
import { formatter } from "../../i18n/format";
import { explanationWords, lasting, reasonTone, reasonWords, waitWords, type Words } from "./reason";

const now = Date.parse("2026-11-30T12:00:00Z");
const words = (language: "en" | "ru"): Words => ({ t: i18next.getFixedT(language), format: formatter(language, "Europe/Moscow"), now, currency: "RUB" });
const status = (reason: DialingReason, at: string | null = null, params: Record<string, string> = {}) => ({ reason, at, params });

/** Of the contract; a new one fails here until it has its words. */
const REASONS: DialingReason[] = ["draft", "scheduled", "paused", "completed", "cancelled", "before_start", "after_end", "task_completed", "task_failed", "task_cancelled", "task_skipped", "task_in_progress", "do_not_call", "holiday", "outside_hours", "contact_holiday", "contact_outside_hours", "line_down", "no_worker", "trunk_breaker", "campaign_breaker", "company_budget", "campaign_budget", "waiting_for_callback", "waiting_for_retry", "waiting_for_turn", "last_calls", "in_another_call", "number_cap", "number_gap", "contacts_kept_back", "campaign_limit", "ramp_up", "minute_limit", "trunk_limit", "company_limit", "system_limit", "direct_calls_first", "direct_call_in_line", "in_line", "dialing"];

describe("every reason", () => {
  it("has a sentence in both languages, alone and with a time, for campaigns and contacts", () => {
    for (const language of ["en", "ru"] as const) {
      for (const reason of REASONS) {
        for (const about of ["campaign", "contact"] as const) {
          for (const at of [null, "2026-11-30T15:00:00Z"]) {
            const said = reasonWords(status(reason, at, { used: "2", limit: "5", spent: "1", count: "2", place: "3", waitSeconds: "90", cause: "faults", fault: "wrong_key", kind: "number_per_day" }), about, words(language));
            expect(said, `${language} ${about} ${reason}`).toMatch(/^\p{Lu}.*[.»]$/u);
            expect(said).not.toMatch(/\{\{|undefined|NaN/);
          }
        }
      }
    }
  });

  it("has a tone of its own", () => {
    expect([reasonTone("dialing"), reasonTone("outside_hours"), reasonTone("trunk_breaker"), reasonTone("completed")]).toEqual(["running", "waiting", "attention", "quiet"]);
  });

  it("stands in the catalogue of campaigns", () => {
    for (const reason of REASONS) for (const catalogue of [en, ru]) expect(Object.keys(catalogue.dialing).some((key) => key === reason || key.startsWith(`${reason}_`)), reason).toBe(true);
  });
});

describe("the sentence", () => {
  it("names the time by the clocks of the campaign, with seconds when it is near", () => {
    expect(reasonWords(status("outside_hours", "2026-12-01T06:00:00Z"), "campaign", words("en"))).toBe("Outside the calling hours; they open at 1 Dec, 09:00.");
    expect(reasonWords(status("minute_limit", "2026-11-30T12:00:20Z", { used: "10", limit: "10" }), "campaign", words("en"))).toBe("Dialling; the calls of this minute are used up, the next at 15:00:20.");
  });

  it("says a budget as money", () => {
    expect(reasonWords(status("campaign_budget", null, { spent: "9990.5", limit: "10000" }), "campaign", words("ru")).replaceAll(/\s/g, " ")).toBe("Дневной бюджет кампании исчерпан: 9 990,50 ₽ из 10 000,00 ₽.");
  });

  it("says the cause of a breaker and who has to act", () => {
    expect(reasonWords(status("trunk_breaker", null, { cause: "account" }), "campaign", words("en"))).toBe("The trunk is switched off: the carrier refuses our account. It waits for a person to switch it on.");
    expect(reasonWords(status("trunk_breaker", "2026-11-30T12:10:00Z", { cause: "faults" }), "campaign", words("en"))).toBe("The trunk rests after faults: several carrier faults in a row. It tries a call at 15:10.");
  });

  it("says the place in line and the wait", () => {
    expect(reasonWords(status("direct_call_in_line", null, { place: "3", waitSeconds: "240" }), "contact", words("en"))).toBe("Direct call: place 3 in line, expected wait 4 min.");
    expect([waitWords(words("en").t, 20), waitWords(words("en").t, 3_900)]).toEqual(["less than a minute", "1 h 5 min"]);
  });

  it("adds when next only where that is later than the reason says", () => {
    const first = status("waiting_for_retry", "2026-11-30T13:00:00Z");
    expect(explanationWords({ first, also: [], nextAt: first.at }, "contact", words("en"))).toBe("Tried before; due again at 16:00.");
    expect(explanationWords({ first, also: [], nextAt: "2026-12-01T06:00:00Z" }, "contact", words("en"))).toBe("Tried before; due again at 16:00. Next at 1 Dec, 09:00 at the earliest.");
  });

  it("leaves out a slot that is taken for seconds beside what lasts", () => {
    const also = [status("campaign_budget"), status("campaign_limit")];
    expect(lasting({ first: status("outside_hours"), also, nextAt: null }).map(({ reason }) => reason)).toEqual(["campaign_budget"]);
    expect(lasting({ first: status("campaign_limit"), also: [status("minute_limit")], nextAt: null })).toHaveLength(1);
  });
});
