import { describe, expect, it } from "vitest";

import { type FieldIssues } from "../form/checks";
import { checkHours } from "./HoursField";
import { openingAt } from "./opening";
import { PRESETS, presetOf } from "./presets";
import { added, copied, groups, minutesOf, moved, overlap, pieces, readSpan, type Span, type SpanText, stretched, suggested, writeSpan } from "./spans";
import { fromWire, issuePath, toWire } from "./wire";

const h = (hour: number, minute = 0) => hour * 60 + minute;
const span = (weekday: number, from: number, to: number): Span => ({ weekday, from, to });
const text = (weekday: number, opens: string, closes: string): SpanText => ({ weekday, opens, closes });

describe("a span", () => {
  it("closes on the next day when its closing is before its opening", () => {
    expect(readSpan(text(5, "22:00", "06:00"))).toEqual(span(5, h(22), h(30)));
    expect(readSpan(text(5, "09:00", "24:00"))).toEqual(span(5, h(9), h(24)));
  });

  it("is none while it is half typed or empty", () => {
    for (const [opens, closes] of [["9", "18:00"], ["09:00", ""], ["24:00", "06:00"], ["09:00", "00:00"], ["09:00", "09:00"]] as const) expect(readSpan(text(1, opens, closes)), `${opens}–${closes}`).toBeNull();
  });

  it("comes back as it was typed", () => {
    for (const one of [text(1, "09:00", "18:30"), text(7, "22:00", "06:00"), text(3, "00:00", "24:00")]) expect(writeSpan(readSpan(one) as Span)).toEqual(one);
  });

  it("shares minutes with another also from Sunday night to Monday morning", () => {
    expect(overlap(span(7, h(22), h(30)), span(1, h(5), h(9)))).toBe(true);
    expect(overlap(span(7, h(22), h(30)), span(1, h(6), h(9)))).toBe(false);
    expect(overlap(span(2, h(9), h(13)), span(2, h(13), h(18)))).toBe(false);
  });

  it("lies in the rows of both days that it touches", () => {
    const night = [span(7, h(22), h(30))];
    expect(pieces(night, 7)).toEqual([{ index: 0, from: h(22), to: h(24), rest: false, goesOn: true }]);
    expect(pieces(night, 1)).toEqual([{ index: 0, from: 0, to: h(6), rest: true, goesOn: false }]);
    expect(pieces(night, 2)).toEqual([]);
  });
});

describe("hours under the hand", () => {
  const day = [span(1, h(9), h(13)), span(1, h(14), h(18))];

  it("move as far as their neighbours let them", () => {
    expect(moved(day, 0, h(9, 30))[0]).toEqual(span(1, h(9, 30), h(13, 30)));
    expect(moved(day, 0, h(12))[0]).toEqual(span(1, h(10), h(14)));
    expect(moved(day, 0, -60)[0]).toEqual(span(1, 0, h(4)));
  });

  it("grow up to their neighbours and shrink to a quarter of an hour", () => {
    expect(stretched(day, 0, "to", h(16))[0]).toEqual(span(1, h(9), h(14)));
    expect(stretched(day, 0, "to", h(8))[0]).toEqual(span(1, h(9), h(9, 15)));
    expect(stretched(day, 1, "from", h(10))[1]).toEqual(span(1, h(13), h(18)));
    expect(stretched(day, 1, "from", h(20))[1]).toEqual(span(1, h(17, 45), h(18)));
  });

  it("may be drawn over midnight, but never a whole day and more", () => {
    expect(stretched([span(5, h(20), h(23))], 0, "to", h(26))[0]).toEqual(span(5, h(20), h(26)));
    expect(stretched([span(5, h(20), h(23))], 0, "to", h(60))[0]).toEqual(span(5, h(20), h(44) - 1));
    expect(stretched([span(5, 0, h(23))], 0, "to", h(26))[0]).toEqual(span(5, 0, h(24)));
  });

  it("begin only where nothing is yet", () => {
    expect(added(day, 1, h(10), h(11))).toBeNull();
    expect(added(day, 1, h(13), h(17))?.at(-1)).toEqual(span(1, h(13), h(14)));
    expect(added([span(7, h(22), h(30))], 1, h(5), h(9))).toBeNull();
  });

  it("are proposed where there is room", () => {
    expect(suggested([], 3)).toEqual(span(3, h(9), h(18)));
    expect(suggested([span(3, h(9), h(13))], 3)).toEqual(span(3, h(14), h(18)));
    expect(suggested([span(3, 0, h(24))], 3)).toBeNull();
  });

  it("are copied to other days in place of what they had", () => {
    const week = copied([text(1, "09:00", "13:00"), text(1, "14:00", "18:00"), text(2, "10:00", "11:00")], 1, [2, 3]);
    expect(groups(week)).toEqual([{ days: [1, 2, 3], times: ["09:00–13:00", "14:00–18:00"] }]);
  });
});

describe("presets", () => {
  it("are hours that nobody refuses", () => {
    for (const [name, hours] of Object.entries(PRESETS)) {
      const issues: FieldIssues = {};
      checkHours(hours, (field, code) => void (issues[field] = { code, params: {} }));
      expect(issues, name).toEqual({});
    }
  });

  it("are recognised in any order", () => {
    expect(presetOf([...PRESETS.lunch].toReversed())).toBe("lunch");
    expect(presetOf([text(1, "09:00", "21:00")])).toBeNull();
  });

  it("of the Russian law on debts are 8 to 22 on workdays, 9 to 20 on weekends", () => {
    expect(groups(PRESETS.debtRu)).toEqual([
      { days: [1, 2, 3, 4, 5], times: ["08:00–22:00"] },
      { days: [6, 7], times: ["09:00–20:00"] },
    ]);
    expect(minutesOf(PRESETS.debtRu.map(readSpan))).toBe(5 * h(14) + 2 * h(11));
  });
});

describe("the check", () => {
  const codes = (hours: SpanText[]) => {
    const found: Record<string, string> = {};
    checkHours(hours, (field, code) => void (found[field] ??= code));
    return found;
  };

  it("names the field of the span that is wrong", () => {
    expect(codes([])).toEqual({ hours: "required" });
    expect(codes([text(1, "9:5x", "18:00"), text(2, "09:00", "25:00"), text(3, "09:00", "09:00")])).toEqual({ "hours.0.opens": "time", "hours.1.closes": "time", "hours.2.closes": "windowEmpty" });
  });

  it("finds hours that lie over each other, also over midnight", () => {
    expect(codes([text(7, "22:00", "06:00"), text(1, "05:00", "09:00")])).toEqual({ "hours.1": "hoursOverlap" });
  });
});

describe("on the wire", () => {
  const week = [text(1, "09:00", "18:00"), text(1, "20:00", "21:00"), text(2, "09:00", "18:00")];

  it("days with the same hours are one span", () => {
    expect(toWire(week)).toEqual([
      { weekdays: [1, 2], opens: "09:00", closes: "18:00" },
      { weekdays: [1], opens: "20:00", closes: "21:00" },
    ]);
    expect(fromWire(toWire(week))).toEqual(week);
  });

  it("a refusal of a span is one of each of its days", () => {
    expect(issuePath("hours.0.opens", week)).toEqual(["hours.0.opens", "hours.2.opens"]);
    expect(issuePath("hours.1.weekdays", week)).toEqual(["hours.1"]);
    expect(issuePath("hours", week)).toEqual(["hours"]);
    expect(issuePath("name", week)).toEqual(["name"]);
  });
});

describe("the next opening", () => {
  const workdays = PRESETS.lunch.map((one) => readSpan(one) as Span);
  const at = (iso: string, closed: string[] = [], spans = workdays, zone = "Europe/Moscow") => openingAt(spans, new Set(closed), zone, Date.parse(iso));

  it("is now, until the break", () => {
    expect(at("2026-11-30T07:00:00Z")).toEqual({ state: "open", until: "2026-11-30T10:00:00Z" });
  });

  it("is after the break, the next morning, or on Monday", () => {
    expect(at("2026-11-30T10:00:00Z")).toEqual({ state: "closed", at: "2026-11-30T11:00:00Z", skipped: 0 });
    expect(at("2026-11-30T15:00:00Z")).toEqual({ state: "closed", at: "2026-12-01T06:00:00Z", skipped: 0 });
    expect(at("2026-11-28T09:00:00Z")).toEqual({ state: "closed", at: "2026-11-30T06:00:00Z", skipped: 0 });
  });

  it("skips closed days and says how many", () => {
    expect(at("2026-12-31T16:00:00Z", ["2027-01-01", "2027-01-04", "2027-01-05"])).toEqual({ state: "closed", at: "2027-01-06T06:00:00Z", skipped: 3 });
  });

  it("goes through midnight, but not into a closed day nor out of one", () => {
    const night = [span(5, h(22), h(30))];
    expect(at("2026-11-27T20:00:00Z", [], night)).toEqual({ state: "open", until: "2026-11-28T03:00:00Z" });
    expect(at("2026-11-27T20:00:00Z", ["2026-11-28"], night)).toEqual({ state: "open", until: "2026-11-27T21:00:00Z" });
    expect(at("2026-11-27T20:00:00Z", ["2026-11-27"], night)).toEqual({ state: "closed", at: "2026-12-04T19:00:00Z", skipped: 1 });
  });

  it("has no end around the clock and none without hours", () => {
    expect(at("2026-11-30T07:00:00Z", [], PRESETS.always.map((one) => readSpan(one) as Span))).toEqual({ state: "open", until: null });
    expect(at("2026-11-30T07:00:00Z", [], [])).toEqual({ state: "never" });
  });

  it("keeps to the wall clock on the days that have 23 and 25 hours", () => {
    const sunday = [span(7, h(9), h(10))];
    expect(at("2026-03-29T00:00:00Z", [], sunday, "Europe/Berlin")).toMatchObject({ at: "2026-03-29T07:00:00Z" });
    expect(at("2026-10-25T00:00:00Z", [], sunday, "Europe/Berlin")).toMatchObject({ at: "2026-10-25T08:00:00Z" });
  });
});
