//  Whether JSON that somebody wrote has the shape that the editor's fields rely on. What it says is judged by the host.
import { newState, newTransition } from "../graph/flow";
import type { Condition, SkillbaseDocument } from "./document";
import { newDocument, newField, newTool } from "./fresh";

const NAMES = { callback: "", notTarget: "", lead: "", infoOnly: "" };
const blank = newDocument("ru", NAMES);

/** One of everything; lists are judged by their first item. */
const LIKE = {
  ...blank,
  identity: { ...blank.identity, otherLanguages: ["en"], rules: [""], facts: [""] },
  conversation: { ...blank.conversation, fields: [newField()], flow: { ...blank.conversation.flow, states: [newState([], "")], transitions: [newTransition("", "")] } },
  lead: { ...blank.lead, criteria: [{ condition: "", action: "" }], crmFields: [{ name: "", instruction: "", field: "" }] },
  tools: [{ ...newTool("end_call"), config: {} }],
  knowledge: { ...blank.knowledge, documentIds: [""] },
  guardrails: [{ name: "", phrases: [""], pattern: "", action: "respond", response: "" }],
};

const CONDITIONS: { [K in Condition["type"]]: Extract<Condition, { type: K }> } = {
  always: { type: "always" },
  field: { type: "field", test: { field: "", operator: "is_set", value: "" } },
  keyword: { type: "keyword", keywords: [""] },
  intent: { type: "intent", intent: "", phrases: [""] },
  custom: { type: "custom", rule: "" },
};

function alike(read: unknown, like: unknown): boolean {
  // A number, an item or nothing: the document says which later.
  if (like === null) return true;
  if (Array.isArray(like)) return Array.isArray(read) && (like.length === 0 || read.every((item) => alike(item, like[0])));
  if (typeof like !== "object") return typeof read === typeof like;
  if (typeof read !== "object" || read === null || Array.isArray(read)) return false;
  return Object.entries(like).every(([key, part]) => alike((read as Record<string, unknown>)[key], part));
}

/** A tool by its name with the settings it has when new. */
const toolAlike = (tool: SkillbaseDocument["tools"][number]) => alike(tool.config, withOne(newTool(tool.name).config));

/** Lists of objects inside of a tool's settings. */
function withOne(config: unknown): unknown {
  if (typeof config !== "object" || config === null) return config;
  const items: Record<string, unknown> = { targets: [{ name: "", condition: "", contextRules: "", phoneOrSip: "" }], agents: [{ condition: "", skillbase: "" }], services: [""] };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, items[key] ?? value]));
}

export function hasShape(read: unknown): read is SkillbaseDocument {
  if (!alike(read, LIKE)) return false;
  const document = read as SkillbaseDocument;
  return document.conversation.flow.transitions.every(({ condition }) => condition.type in CONDITIONS && alike(condition, CONDITIONS[condition.type])) && document.tools.every(toolAlike);
}
