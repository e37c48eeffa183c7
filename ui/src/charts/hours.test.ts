import { describe, expect, it } from "vitest";

import { grouped } from "./HoursChart";

const hours = (count: number) => Array.from({ length: count }, (_, hour) => ({ at: new Date(Date.UTC(2026, 10, 30, hour)).toISOString(), calls: 1 }));

describe("hours of a forecast", () => {
  it("are bars of their own while they fit", () => {
    expect(grouped(hours(48))).toMatchObject({ hours: 1 });
    expect(grouped(hours(48)).points).toHaveLength(48);
  });

  it("are put together when they do not, and none of their calls is lost", () => {
    const { points, hours: size } = grouped(hours(500));
    expect(size).toBe(6);
    expect(points.length).toBeLessThanOrEqual(96);
    expect(points.reduce((sum, { calls }) => sum + calls, 0)).toBe(500);
    expect(points[1]?.at).toBe("2026-11-30T06:00:00.000Z");
  });
});
