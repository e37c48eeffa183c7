import { describe, expect, it } from "vitest";

import type { ImportCounts } from "../../bindings/ImportCounts";
import type { ImportPhase } from "../../bindings/ImportPhase";
import type { ImportPreview } from "../../bindings/ImportPreview";
import type { PreviewColumn } from "../../bindings/PreviewColumn";
import { i18next } from "../../i18n";
import { firstFate, LEFT, leftRows, pollOf, pollOfList, TAKEN, takenRows, undoOf } from "./counting";
import { AS_GUESSED, choose, columnKeys, confidenceOf, obstacleOf, rolesOf } from "./mapping";
import { reasonText } from "./words";

const counts: ImportCounts = { total: 1240, ready: 1020, fixed: 104, known: 63, duplicate: 11, inCampaign: 22, doNotCall: 5, invalid: 14, ignored: 1 };

describe("the ledger", () => {
  it("adds up to the rows of the file", () => {
    expect([takenRows(counts), leftRows(counts)]).toEqual([1187, 53]);
    expect(takenRows(counts) + leftRows(counts)).toBe(counts.total);
    expect(new Set([...TAKEN, ...LEFT]).size).toBe(8);
  });

  it("opens with what needs a hand", () => {
    expect(firstFate(counts, false)).toBe("invalid");
    const good = { ...counts, duplicate: 0, inCampaign: 0, doNotCall: 0, invalid: 0, ignored: 0 };
    expect(firstFate(good, false)).toBe("fixed");
    expect(firstFate(good, true)).toBeNull();
    expect(firstFate({ ...counts, invalid: 0, doNotCall: 0 }, true)).toBe("in_campaign");
  });
});

const column = (name: string, role: PreviewColumn["role"], named = true): PreviewColumn => ({ name, named, samples: [], role, confidence: 0.5 });
const preview = (columns: PreviewColumn[], estimatedRows = 3): ImportPreview => ({ fileName: "a.csv", fileBytes: 1, kind: "csv", encoding: "UTF-8", encodings: ["UTF-8"], delimiter: ",", sheets: [], sheet: null, headerRow: 1, columns, firstRows: [], randomRows: [], estimatedRows, remembered: false });

describe("the mapping", () => {
  it("keeps columns of one name apart", () => {
    expect(new Set(columnKeys([column("Тел", "phone"), column("Тел", "phone"), column("", "extra", false), column("", "extra", false)])).size).toBe(4);
  });

  it("holds what a person decided when the columns are read once more", () => {
    const before = [column("A", "extra"), column("B", "name")];
    const edits = { [columnKeys(before)[0] ?? ""]: "phone" as const };
    expect(rolesOf(before, edits)).toEqual(["phone", "name"]);
    expect(rolesOf([column("New", "notes"), column("A", "extra")], edits)).toEqual(["notes", "phone"]);
  });

  it("says what stands in the way, the first thing first", () => {
    const known = preview([column("A", "phone")]);
    expect(obstacleOf(known, ["phone"], "campaign")).toBeNull();
    expect(obstacleOf(known, ["phone"], "")).toBe("noCampaign");
    expect(obstacleOf(known, ["extra"], "")).toBe("noPhone");
    expect(obstacleOf(preview([], 0), [], "")).toBe("noRows");
  });

  it("looks for the header of another sheet anew", () => {
    const chosen = choose(AS_GUESSED, { headerRow: 4 });
    expect(choose(chosen, { encoding: "KOI8-R" }).headerRow).toBe(4);
    expect(choose(chosen, { sheet: "B" })).toEqual({ ...AS_GUESSED, sheet: "B" });
  });

  it("has three words for how sure a guess is", () => {
    expect([1, 0.9, 0.75, 0.6, 0.3].map(confidenceOf)).toEqual(["sure", "sure", "likely", "likely", "check"]);
  });
});

describe("asking how far it is", () => {
  const view = (phase: ImportPhase) => ({ phase });
  const all: ImportPhase[] = ["checking", "checked", "committing", "committed", "undone", "cancelled", "failed"];

  it("goes on only while somebody works on it", () => {
    expect(all.filter((phase) => pollOf(view(phase)) !== false)).toEqual(["checking", "committing"]);
    expect(pollOf(undefined)).toBe(false);
    expect(pollOfList([view("committed"), view("checked")])).toBe(false);
    expect(pollOfList([view("committed"), view("committing")])).toBe(1_000);
  });
});

describe("taking back", () => {
  it("is whole before the first call and partial after it", () => {
    expect(undoOf({ phase: "committed", created: 5, uncalled: 5 })).toBe("all");
    expect(undoOf({ phase: "committed", created: 5, uncalled: 2 })).toBe("uncalled");
    expect(undoOf({ phase: "committed", created: 5, uncalled: 0 })).toBe("none");
    expect(undoOf({ phase: "checked", created: 0, uncalled: 0 })).toBe("none");
  });
});

describe("reasons in words", () => {
  const row = { line: 2, field: "phone", value: "8 999 123-45-67", phone: "+79991234567", cells: [] };
  it("say how a number was read", () => {
    expect(reasonText(i18next.t, { ...row, fate: "fixed", reason: "trunkPrefix" })).toContain("+7\u00a0999\u00a0123-45-67");
  });

  it("say something about reasons of a newer host", () => {
    expect(reasonText(i18next.t, { ...row, fate: "invalid", reason: "fromTheFuture" })).toContain("fromTheFuture");
    expect(reasonText(i18next.t, { ...row, fate: "fixed", reason: "fromTheFuture" })).toContain("+7\u00a0999\u00a0123-45-67");
    expect(reasonText(i18next.t, { ...row, fate: "ready", reason: null })).not.toContain("null");
  });
});
