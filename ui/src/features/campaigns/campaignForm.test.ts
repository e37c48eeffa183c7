import { describe, expect, it } from "vitest";

import { IpcError } from "../../api";
import type { FieldError } from "../../bindings/FieldError";
import { campaignValues, checkCampaign, newCampaignValues, sendCampaign, toCampaignForm } from "./campaignForm";

const good = { ...newCampaignValues("Europe/Moscow", "skillbase"), name: "Test" };

describe("the campaign form", () => {
  it("starts with the defaults of the domain, which are valid", () => {
    expect(checkCampaign(good)).toEqual({});
    expect(toCampaignForm(good)).toMatchObject({ callsAtOnce: 5, callsPerMinute: 10, maxAttempts: 3, retryDelayMinutes: 30, weight: 10, spread: "fast", dailyBudget: null, rampUpFrom: null, hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], opens: "09:00", closes: "21:00" }], closedDays: [], localTime: false, startsAt: null, endsAt: null });
    expect(toCampaignForm(good).retries).toHaveLength(10);
  });

  it.each([
    ["name", { name: " " }, "required"],
    ["callsAtOnce", { callsAtOnce: "101" }, "range"],
    ["callsPerMinute", { callsPerMinute: "0" }, "range"],
    ["weight", { weight: "101" }, "range"],
    ["rampUpFrom", { rampUpFrom: "0" }, "range"],
    ["dailyBudget", { dailyBudget: "-5" }, "budget"],
    ["maxAttempts", { maxAttempts: "11" }, "range"],
    ["retryDelayMinutes", { retryDelayMinutes: "1441" }, "range"],
    ["hours", { hours: [] }, "required"],
    ["hours.0.opens", { hours: [{ weekday: 1, opens: "24:00", closes: "09:00" }] }, "time"],
    ["hours.0.closes", { hours: [{ weekday: 1, opens: "09:00", closes: "09:00" }] }, "windowEmpty"],
    ["closedDays", { closedDays: Array.from({ length: 367 }, (_, day) => String(day)) }, "tooMany"],
    ["retries.busy.list", { retries: good.retries.map((rule) => (rule.situation === "busy" ? { ...rule, kind: "list" as const, list: "soon" } : rule)) }, "delays"],
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
    const dated = { ...good, startsAt: { date: "02.03.2030", time: "10:00" }, dailyBudget: "100.00", rampUpFrom: "2", spread: "even" as const, closedDays: ["2030-03-08"], hours: [{ weekday: 1, opens: "09:00", closes: "13:00" }, { weekday: 1, opens: "14:00", closes: "18:00" }, { weekday: 5, opens: "22:00", closes: "06:00" }] };
    const form = toCampaignForm(dated);
    expect(form.startsAt).toBe("2030-03-02T07:00:00Z");
    expect(campaignValues(form)).toEqual(dated);
  });

  it("takes a budget as people write it", () => {
    expect(toCampaignForm({ ...good, dailyBudget: "1 250,50" }).dailyBudget).toBe("1250.50");
  });

  it("puts the host's refusals of hours and retries at its own fields", async () => {
    const fields: FieldError[] = [
      { field: "form.hours.0.opens", code: "time", params: {} },
      { field: "form.retries.0.delay.minutes.2", code: "range", params: { min: "1", max: "10080" } },
      { field: "form.name", code: "taken", params: {} },
    ];
    const refused = new IpcError({ code: "invalid_input", message: "no", params: {}, fields, retryable: false, incident: null });
    const thrown: unknown = await sendCampaign(good, () => Promise.reject(refused)).catch((error: unknown) => error);
    expect((thrown as IpcError).fields.map(({ field }) => field)).toEqual([...[0, 1, 2, 3, 4, 5, 6].map((index) => `hours.${index}.opens`), "retries.busy.list", "name"]);
  });
});
