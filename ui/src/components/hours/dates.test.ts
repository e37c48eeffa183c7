import { describe, expect, it } from "vitest";

import { datesOf, namedRanges, ranges, toggledDate } from "./dates";
import { closedThisWeek } from "./opening";

describe("closed days", () => {
  it("in a row are one range, also over the end of a month", () => {
    expect(ranges(["2027-01-01", "2026-12-31", "2027-01-04"])).toEqual([
      { from: "2026-12-31", to: "2027-01-01", count: 2 },
      { from: "2027-01-04", to: "2027-01-04", count: 1 },
    ]);
    expect(datesOf({ from: "2026-12-31", to: "2027-01-01", count: 2 })).toEqual(["2026-12-31", "2027-01-01"]);
  });

  it("with other names are other ranges", () => {
    expect(namedRanges([{ date: "2027-01-07", name: "Christmas" }, { date: "2027-01-06", name: "New Year" }]).map(({ from }) => from)).toEqual(["2027-01-06", "2027-01-07"]);
  });

  it("are put in and taken out by the same press", () => {
    expect(toggledDate(["2027-01-02"], "2027-01-01")).toEqual(["2027-01-01", "2027-01-02"]);
    expect(toggledDate(["2027-01-01", "2027-01-02"], "2027-01-01")).toEqual(["2027-01-02"]);
  });

  it("of the coming seven days are shown in the week, by the zone's own today", () => {
    const at = Date.parse("2026-11-29T22:00:00Z");
    const closed = [{ date: "2026-11-29", name: "past in Moscow" }, { date: "2026-12-02", name: "Holiday" }, { date: "2026-12-07", name: "next week" }];
    expect([...closedThisWeek(closed, "Europe/Moscow", at)]).toEqual([[3, "Holiday"]]);
  });
});
