//  What each column is for: the guesses of the host and what a person has changed of them.
import type { ColumnRole } from "../../bindings/ColumnRole";
import type { ImportPreview } from "../../bindings/ImportPreview";
import type { LayoutChoice } from "../../bindings/LayoutChoice";
import type { PreviewColumn } from "../../bindings/PreviewColumn";

export const ROLES: readonly ColumnRole[] = ["phone", "name", "email", "company", "zone", "notes", "tags", "extra", "ignore"];

/** Decisions of a person, by the column's key: they hold when the file is read once more in another way. */
export type RoleEdits = Readonly<Record<string, ColumnRole>>;

/** A key for every column: its name and which of that name it is, or its place when it has no name. */
export function columnKeys(columns: readonly PreviewColumn[]): string[] {
  const seen = new Map<string, number>();
  return columns.map(({ name, named }, index) => {
    if (!named) return `#${index}`;
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    return `${nth}:${name}`;
  });
}

export function rolesOf(columns: readonly PreviewColumn[], edits: RoleEdits): ColumnRole[] {
  return columnKeys(columns).map((key, index) => edits[key] ?? columns[index]?.role ?? "extra");
}

export type Confidence = "sure" | "likely" | "check";

export function confidenceOf(confidence: number): Confidence {
  if (confidence >= 0.9) return "sure";
  return confidence >= 0.6 ? "likely" : "check";
}

/** Why the file cannot be checked yet; the first thing to do. */
export type Obstacle = "noPhone" | "noCampaign" | "noRows";

export function obstacleOf(preview: ImportPreview, roles: readonly ColumnRole[], campaignId: string): Obstacle | null {
  if (preview.estimatedRows < 1) return "noRows";
  if (!roles.includes("phone")) return "noPhone";
  return campaignId === "" ? "noCampaign" : null;
}

export const AS_GUESSED: LayoutChoice = { encoding: null, delimiter: null, sheet: null, headerRow: null };

/** Another sheet has another header; a text file that is read anew keeps the line that was chosen. */
export function choose(old: LayoutChoice, change: Partial<LayoutChoice>): LayoutChoice {
  return { ...old, ...(change.sheet === undefined ? {} : { headerRow: null }), ...change };
}
