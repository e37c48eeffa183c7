import { describe, expect, it } from "vitest";

import { ALL_CHOSEN, chosenCount, headState, isChosen, NONE_CHOSEN, toggled, toggledHead } from "./selection";

const rows = ["a", "b", "c", "d", "e"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].toSorted().join("");
const press = (selection: typeof NONE_CHOSEN, id: string, range = false) => toggled(selection, rows, id, range);

describe("chosen rows", () => {
  it("are chosen and given up one by one", () => {
    const two = press(press(NONE_CHOSEN, "b"), "d");
    expect(ids(two)).toBe("bd");
    expect(ids(press(two, "b"))).toBe("d");
  });

  it("are a range with Shift, in both directions", () => {
    expect(ids(press(press(NONE_CHOSEN, "b"), "d", true))).toBe("bcd");
    expect(ids(press(press(NONE_CHOSEN, "d"), "a", true))).toBe("abcd");
  });

  it("are given up as a range when the pressed one was chosen", () => {
    const all = toggledHead(NONE_CHOSEN, rows);
    const anchored = press(all, "b");
    expect(ids(press(anchored, "d", true))).toBe("ae");
  });

  it("are one row when the row pressed before is out of the list", () => {
    const elsewhere = { ...NONE_CHOSEN, ids: new Set(["z"]), anchor: "z" };
    expect(ids(press(elsewhere, "c", true))).toBe("cz");
  });

  it("stay when the list shows others", () => {
    const before = press(NONE_CHOSEN, "a");
    expect(ids(toggledHead(before, ["x", "y"]))).toBe("axy");
    expect(ids(toggledHead(toggledHead(before, ["x", "y"]), ["x", "y"]))).toBe("a");
  });
});

describe("all that match", () => {
  it("holds every row, also those that nobody has read yet", () => {
    expect(isChosen(ALL_CHOSEN, "never read")).toBe(true);
    expect(chosenCount(ALL_CHOSEN, 2_000)).toBe(2_000);
    expect(headState(ALL_CHOSEN, rows)).toBe(true);
  });

  it("becomes the known rows when one of them is given up", () => {
    const rest = press(ALL_CHOSEN, "c");
    expect([rest.all, ids(rest), chosenCount(rest, 2_000)]).toEqual([false, "abde", 4]);
  });

  it("ends with the box of the header", () => {
    expect(toggledHead(ALL_CHOSEN, rows)).toBe(NONE_CHOSEN);
  });
});

describe("the box of the header", () => {
  it("says how much of what is here is chosen", () => {
    expect([NONE_CHOSEN, press(NONE_CHOSEN, "a"), toggledHead(NONE_CHOSEN, rows)].map((selection) => headState(selection, rows))).toEqual([false, "some", true]);
    expect(headState(toggledHead(NONE_CHOSEN, rows), [])).toBe(false);
  });
});
