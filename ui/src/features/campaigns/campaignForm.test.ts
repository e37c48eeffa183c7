import { describe, expect, it } from "vitest";

import { campaignValues, checkCampaign, newCampaignValues, toCampaignForm } from "./campaignForm";

const good = { ...newCampaignValues("Europe/Moscow", "skillbase"), name: "Test" };

describe("the campaign form", () => {
  it("starts with the defaults of the domain, which are valid", () => {
    expect(checkCampaign(good)).toEqual({});
    expect(toCampaignForm(good)).toMatchObject({ callsAtOnce: 5, callsPerMinute: 10, maxAttempts: 3, retryDelayMinutes: 30, windowOpens: "09:00", windowCloses: "21:00", weekdays: [1, 2, 3, 4, 5, 6, 7], localTime: false, startsAt: null, endsAt: null });
  });

  it.each([
    ["name", { name: " " }, "required"],
    ["callsAtOnce", { callsAtOnce: "101" }, "range"],
    ["callsPerMinute", { callsPerMinute: "0" }, "range"],
    ["maxAttempts", { maxAttempts: "11" }, "range"],
    ["retryDelayMinutes", { retryDelayMinutes: "1441" }, "range"],
    ["windowOpens", { windowOpens: "24:00" }, "time"],
    ["windowCloses", { windowCloses: "09:00" }, "windowEmpty"],
    ["weekdays", { weekdays: [] }, "weekdays"],
    ["timeZone", { timeZone: "PST" }, "timeZone"],
    ["startsAt", { startsAt: { date: "31.02.2030", time: "10:00" } }, "moment"],
  ])("refuses %s alone", (field, change, code) => {
    const issues = checkCampaign({ ...good, ...change });
    expect(Object.keys(issues)).toEqual([field]);
    expect(issues[field]?.code).toBe(code);
  });

  it("wants the end after the start", () => {
    const moments = { startsAt: { date: "02.03.2030", time: "10:00" }, endsAt: { date: "02.03.2030", time: "10:00" } };
    expect(checkCampaign({ ...good, ...moments })["endsAt"]?.code).toBe("endBeforeStart");
  });

  it("comes back from the wire as it was sent", () => {
    const dated = { ...good, startsAt: { date: "02.03.2030", time: "10:00" } };
    const form = toCampaignForm(dated);
    expect(form.startsAt).toBe("2030-03-02T07:00:00Z");
    expect(campaignValues(form)).toEqual(dated);
  });
});
