import i18next from "i18next";
import { describe, expect, it } from "vitest";

import type { NoticeKind } from "../bindings/NoticeKind";
import type { NoticeView } from "../bindings/NoticeView";
import { formatter } from "../i18n/format";
import { newNotices, noticeWords } from "./notice";

const KINDS = ["campaign_started", "campaign_completed", "campaign_ended", "campaign_paused", "budget_warning", "budget_stopped", "breaker_opened", "breaker_closed", "trunk_slowed", "trunk_recovered", "ramp_up_held", "line_down", "callback_missed", "no_worker"];
const say = (language: "en" | "ru", kind: string, params: Record<string, string> = {}) => noticeWords(i18next.getFixedT(language), formatter(language, "UTC"), "USD", { kind: kind as NoticeKind, params });

describe("a notice", () => {
  it("has a title in both languages, whatever it is about", () => {
    const scopes = (kind: string) => (kind.startsWith("breaker") ? ["trunk", "campaign"] : ["campaign", "company"]);
    for (const kind of KINDS) for (const language of ["en", "ru"] as const) for (const scope of scopes(kind)) expect(say(language, kind, { scope }).title, `${kind} ${scope}`).not.toContain("notices.");
  });

  it("says its figures and leaves out what it was not told", () => {
    expect(say("en", "budget_warning", { scope: "campaign", spent: "83.5", limit: "100", currency: "USD" })).toEqual({ title: "80 % of the daily budget used", detail: "$83.50 of $100.00" });
    expect(say("en", "budget_stopped", { scope: "company" }).title).toBe("The company’s daily budget is used up; dialling stopped");
    expect(say("en", "breaker_opened", { scope: "trunk", line: "livekit", cause: "faults" })).toEqual({ title: "Trunk stopped by itself", detail: "LiveKit · several carrier faults in a row" });
    expect(say("en", "ramp_up_held", { from: "8", to: "4" }).detail).toBe("from 8 to 4 at once");
    expect(say("en", "campaign_started").detail).toBe("");
  });

  it("is told in a toast only when it came after the window was opened and nobody has read it", () => {
    const notice = (id: string, at: string, readAt: string | null = null): NoticeView => ({ id, kind: "no_worker", level: "alarm", at, campaignId: null, campaignName: null, params: {}, readAt });
    const page = { items: [notice("3", "2026-11-30T12:03:00Z"), notice("2", "2026-11-30T12:02:00Z", "2026-11-30T12:02:30Z"), notice("1", "2026-11-30T12:01:00Z"), notice("0", "2026-11-30T12:00:00Z")], nextCursor: null, unread: 3 };
    expect(newNotices(page, "2026-11-30T12:00:00Z").map(({ id }) => id)).toEqual(["1", "3"]);
  });
});
