import { describe, expect, it } from "vitest";

import { checkLimits, limitsValues, toLimitsForm } from "./limitsForm";

const stored = { callsAtOnce: 50, dailyBudget: "250.00", numberPerDay: 1, numberPerWeek: 2, numberPerMonth: 8, minimumGapMinutes: 60, holidays: [{ date: "2027-01-01", name: "New Year" }] };
const codes = (change: Partial<ReturnType<typeof limitsValues>>) => Object.fromEntries(Object.entries(checkLimits({ ...limitsValues(stored), ...change })).map(([field, { code, params }]) => [field, [code, params["min"]].filter(Boolean).join(" ")]));

describe("the company's limits", () => {
  it("come back as they were sent, with the holidays that the form does not touch", () => {
    expect(toLimitsForm(limitsValues(stored), stored.holidays)).toEqual(stored);
    expect(toLimitsForm({ ...limitsValues(stored), dailyBudget: "1 250,5", numberPerDay: " " }, [])).toMatchObject({ dailyBudget: "1250.5", numberPerDay: null, holidays: [] });
  });

  it("of the debt law are good", () => {
    expect(codes({})).toEqual({});
  });

  it("refuse a longer time that allows less than a shorter one", () => {
    expect(codes({ numberPerDay: "3" })).toEqual({ numberPerWeek: "range 3" });
    expect(codes({ numberPerDay: "3", numberPerWeek: "" })).toEqual({});
    expect(codes({ numberPerWeek: "9" })).toEqual({ numberPerMonth: "range 9" });
  });

  it("are bounded each", () => {
    expect(codes({ callsAtOnce: "0", minimumGapMinutes: "10081", dailyBudget: "0" })).toEqual({ callsAtOnce: "range 1", minimumGapMinutes: "range 0", dailyBudget: "budget" });
  });
});
