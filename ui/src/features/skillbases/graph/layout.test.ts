import { describe, expect, it } from "vitest";

import { type Edge, freePlace, layout, neighbour, NODE, type Point } from "./layout";

const names = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
const chain = (ids: readonly string[]): Edge[] => ids.slice(1).map((to, n) => ({ from: ids[n] ?? "", to }));

function overlapping(points: ReadonlyMap<string, Point>): string[] {
  const all = [...points];
  return all.flatMap(([one, a], index) => all.slice(index + 1).filter(([, b]) => Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height).map(([other]) => `${one} ${other}`));
}

/** 200 states with branches, jumps over rows and ways back; the same every time. */
function large(): { ids: string[]; edges: Edge[] } {
  const ids = names(200);
  const edges = ids.flatMap((from, n) => [2 * n + 1, 2 * n + 2, (n * 7) % 200, n - 5].flatMap((to, k) => (to > 0 && to < 200 && (k < 2 || n % 4 === k) ? [{ from, to: `s${to}` }] : [])));
  return { ids, edges };
}

describe("the layout", () => {
  it("puts each state below the one that leads to it", () => {
    const ids = names(5);
    const points = layout(ids, chain(ids));
    expect(ids.map((id) => points.get(id)?.y)).toEqual([0, 116, 232, 348, 464]);
    expect(new Set(ids.map((id) => points.get(id)?.x)).size).toBe(1);
  });

  it("knows ways back, states nothing leads to, states that lead to themselves and ways to nowhere", () => {
    const ids = ["a", "b", "c", "alone"];
    const points = layout(ids, [...chain(["a", "b", "c"]), { from: "c", to: "a" }, { from: "b", to: "b" }, { from: "b", to: "gone" }]);
    expect(points.size).toBe(4);
    expect((points.get("a")?.y ?? 0) < (points.get("c")?.y ?? 0)).toBe(true);
    expect(overlapping(points)).toEqual([]);
  });

  it("does not cross two ways that need not cross", () => {
    const points = layout(["start", "left", "right", "r2", "l2"], [{ from: "start", to: "left" }, { from: "start", to: "right" }, { from: "left", to: "l2" }, { from: "right", to: "r2" }]);
    const x = (id: string) => points.get(id)?.x ?? 0;
    expect(Math.sign(x("left") - x("right"))).toBe(Math.sign(x("l2") - x("r2")));
  });

  it("places two hundred states without one over another, before anybody notices", () => {
    const { ids, edges } = large();
    layout(ids, edges);
    const began = performance.now();
    const points = layout(ids, edges);
    expect(performance.now() - began).toBeLessThan(250);
    expect(points.size).toBe(200);
    expect(overlapping(points)).toEqual([]);
  });

  it("gives nothing for nothing", () => expect(layout([], []).size).toBe(0));
});

describe("on the canvas", () => {
  const points = new Map<string, Point>([["a", { x: 0, y: 0 }], ["b", { x: 0, y: 116 }], ["c", { x: 172, y: 116 }]]);

  it("arrow keys go to what lies ahead", () => {
    expect(neighbour(points, "a", "down")).toBe("b");
    expect(neighbour(points, "b", "right")).toBe("c");
    expect(neighbour(points, "c", "up")).toBe("a");
    expect(neighbour(points, "a", "up")).toBeNull();
  });

  it("a new state goes below its own and beside what is there", () => {
    expect(freePlace(points.values(), { x: 0, y: 0 })).toEqual({ x: 344, y: 116 });
    expect(freePlace([], undefined)).toEqual({ x: 0, y: 0 });
  });
});
