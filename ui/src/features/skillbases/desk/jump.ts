//  From a message to its field.
import type { Session } from "../drafts/session";
import { courseOf, type CoursePart, type EditorTab, stateIndexOf, tabOf, transitionIndexOf } from "../model/places";

export interface Target {
  tab: EditorTab;
  part: CoursePart;
}

/** Chooses the state that a place is in, and says on which tab it is. */
export function aim(session: Session, path: string): Target {
  const { flow } = session.store.root.document.conversation;
  const state = stateIndexOf(path);
  const way = transitionIndexOf(path);
  const id = state !== null ? flow.states[state]?.id : way !== null ? flow.transitions[way]?.from : undefined;
  if (id !== undefined) session.chosen.set(id);
  return { tab: tabOf(path), part: courseOf(path) };
}

/** The field that shows a place, or the nearest thing around it. */
export function focusField(path: string): void {
  const keys = path.split(".");
  for (let length = keys.length; length > 0; length -= 1) {
    const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(keys.slice(0, length).join("."))}"]`);
    if (!field) continue;
    const control = field.querySelector<HTMLElement>("input, textarea, button:not([data-grip])") ?? field;
    field.scrollIntoView({ block: "center" });
    control.focus();
    return;
  }
}
