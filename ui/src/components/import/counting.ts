//  Rows by fate, as a ledger: what becomes a task and what is left out add up to the rows of the file.
import type { ImportCounts } from "../../bindings/ImportCounts";
import type { ImportPhase } from "../../bindings/ImportPhase";
import type { ImportView } from "../../bindings/ImportView";
import type { RowFate } from "../../bindings/RowFate";

export const TAKEN: readonly RowFate[] = ["ready", "fixed", "known"];
export const LEFT: readonly RowFate[] = ["duplicate", "in_campaign", "do_not_call", "invalid", "ignored"];

const FIELD: Record<RowFate, keyof ImportCounts> = {
  ready: "ready",
  fixed: "fixed",
  known: "known",
  duplicate: "duplicate",
  in_campaign: "inCampaign",
  do_not_call: "doNotCall",
  invalid: "invalid",
  ignored: "ignored",
};

export const countOf = (counts: ImportCounts, fate: RowFate): number => counts[FIELD[fate]];

const sum = (counts: ImportCounts, fates: readonly RowFate[]) => fates.reduce((total, fate) => total + countOf(counts, fate), 0);

export const takenRows = (counts: ImportCounts): number => sum(counts, TAKEN);
export const leftRows = (counts: ImportCounts): number => sum(counts, LEFT);

/** The rows that a person most likely wants to see first: what cannot be used, else what was repaired. */
export function firstFate(counts: ImportCounts, committed: boolean): RowFate | null {
  const order: readonly RowFate[] = ["invalid", "do_not_call", "in_campaign", "duplicate", "fixed", "known", "ready", "ignored"];
  return order.find((fate) => countOf(counts, fate) > 0 && (!committed || LEFT.includes(fate))) ?? null;
}

const WORKING: ReadonlySet<ImportPhase> = new Set(["checking", "committing"]);

export const isWorking = (phase: ImportPhase): boolean => WORKING.has(phase);

const POLL_MS = 250;
const LIST_POLL_MS = 1_000;

/** How soon to ask again; never once it has settled. */
export const pollOf = (view: Pick<ImportView, "phase"> | undefined): number | false => (view && isWorking(view.phase) ? POLL_MS : false);

export const pollOfList = (items: readonly Pick<ImportView, "phase">[] | undefined): number | false =>
  items?.some(({ phase }) => isWorking(phase)) === true ? LIST_POLL_MS : false;

export type UndoChoice = "all" | "uncalled" | "none";

/** What can be taken back: everything until the first call, then those who were not called. */
export function undoOf({ phase, created, uncalled }: Pick<ImportView, "phase" | "created" | "uncalled">): UndoChoice {
  if (phase !== "committed" || uncalled === 0) return "none";
  return uncalled < created ? "uncalled" : "all";
}
