//  Where each place of a skillbase is found: on which tab, and for a state, in which state.

export const TABS = ["identity", "conversation", "voice", "lead", "tools", "knowledge", "outcomes", "json"] as const;
export type EditorTab = (typeof TABS)[number];

export function isTab(text: string | undefined): text is EditorTab {
  return (TABS as readonly (string | undefined)[]).includes(text);
}

export function tabOf(path: string): EditorTab {
  const [root, section = ""] = path.split(".");
  if (root !== "document") return "identity";
  if (section === "guardrails") return "conversation";
  return isTab(section) ? section : "json";
}

/** Parts of the tab "Conversation", which are pages of their own. */
export const COURSES = ["opening", "course", "fields", "guardrails"] as const;
export type CoursePart = (typeof COURSES)[number];

export function courseOf(path: string): CoursePart {
  if (path.startsWith("document.guardrails")) return "guardrails";
  if (path.startsWith("document.conversation.flow")) return "course";
  return path.startsWith("document.conversation.fields") ? "fields" : "opening";
}

/** The place in the list of states, or of transitions, that a path lies in. */
export function stateIndexOf(path: string): number | null {
  const found = /^document\.conversation\.flow\.states\.(\d+)/.exec(path);
  return found ? Number(found[1]) : null;
}

export function transitionIndexOf(path: string): number | null {
  const found = /^document\.conversation\.flow\.transitions\.(\d+)/.exec(path);
  return found ? Number(found[1]) : null;
}
