import type { TFunction } from "i18next";

import type { SandboxNote } from "../../../bindings/SandboxNote";
import type { SkillbaseDocument } from "../model/document";

/** What happened in a turn, as a sentence: ids of states become their names, words of the wire become words. */
export function noteText(t: TFunction, { event, params }: SandboxNote, document: SkillbaseDocument): string {
  const state = (id: string) => document.conversation.flow.states.find((one) => one.id === id)?.name ?? id;
  const words: Record<string, (value: string) => string> = {
    from: state,
    to: state,
    action: (value) => t(`editor.guardrail.${value}`, { defaultValue: value }),
    tool: (value) => t(`editor.tool.name.${value}`, { defaultValue: value }),
    language: (value) => t(`editor.language.${value}`, { defaultValue: value }),
  };
  // `count` chooses a plural form, so it has to be a number.
  const said = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, key === "count" ? Number(value) : (words[key]?.(value) ?? value)]));
  return t(`editor.note.${event}`, said);
}
