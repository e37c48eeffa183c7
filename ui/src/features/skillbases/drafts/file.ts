//  A draft as it is kept on this computer: what was typed, and what it was made of, so that it can be compared with what
//  others published meanwhile without asking anybody.
import type { SkillbaseText } from "../model/check";
import { hasShape } from "../model/shape";

export interface DraftFile {
  format: 1;
  companyId: string;
  /** None for a skillbase that the database does not know yet. */
  skillbaseId: string | null;
  /** The version that it was made of; 0 for none. */
  baseVersion: number;
  base: SkillbaseText;
  mine: SkillbaseText;
  /** Revision of the stored draft that this one follows; none when there was none. */
  hostRevision: number | null;
  savedAt: string;
}

export const writeDraft = (file: DraftFile): string => JSON.stringify(file);

const isText = (value: unknown): value is SkillbaseText => {
  const text = value as Partial<SkillbaseText> | null;
  return typeof text?.name === "string" && typeof text.description === "string" && hasShape(text.document);
};

/** None when it is no draft that this program understands; the file stays where it is. */
export function readDraft(content: string | null): DraftFile | null {
  if (content === null) return null;
  try {
    const file = JSON.parse(content) as DraftFile;
    return file.format === 1 && isText(file.base) && isText(file.mine) ? file : null;
  } catch {
    return null;
  }
}
