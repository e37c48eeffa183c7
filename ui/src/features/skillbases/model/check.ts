//  The bounds of a document once more, for an answer with the keystroke. The host has the last word, and knows more.
import { join } from "./path";
import type { SkillbaseDocument } from "./document";

export interface Problem {
  /** Of the whole draft: `name`, `document.identity.role`. */
  path: string;
  code: string;
  params: Record<string, string>;
  severity: "error" | "warning";
}

/** Bounds in characters and items, as the host has them. */
export const MAX = {
  name: 255,
  description: 2_000,
  text: 500,
  items: 100,
  greetings: 3,
  states: 200,
  prompt: 2_000,
  short: 100,
  shortItems: 30,
  criteria: 50,
  crmName: 50,
  crmInstruction: 1_000,
  closingPrompt: 300,
  closingTemplate: 1_000,
  targets: 20,
  results: 20,
  pattern: 200,
} as const;

class Bounds {
  readonly found: Problem[] = [];

  add(path: string, code: string, params: Record<string, string> = {}): void {
    this.found.push({ path, code, params, severity: "error" });
  }

  /** Code points of the trimmed text, as the host counts. Most texts are short of the bound in any way of counting. */
  text(path: string, value: string, min: number, max: number): void {
    const trimmed = value.trim();
    if (trimmed.length < min) this.add(path, "required");
    else if (trimmed.length > max && [...trimmed].length > max) this.add(path, "too_long", { max: String(max) });
  }

  texts(path: string, values: readonly string[], most: number, max: number): void {
    if (values.length > most) this.add(path, "too_many", { max: String(most) });
    values.forEach((value, index) => this.text(join(path, index), value, 1, max));
  }

  most(path: string, values: readonly unknown[], most: number): void {
    if (values.length > most) this.add(path, "too_many", { max: String(most) });
  }
}

export interface SkillbaseText {
  name: string;
  description: string;
  document: SkillbaseDocument;
}

export function check({ name, description, document }: SkillbaseText): Problem[] {
  const bounds = new Bounds();
  bounds.text("name", name, 1, MAX.name);
  bounds.text("description", description, 0, MAX.description);
  const { identity, conversation, voice, lead, tools, outcomes, guardrails } = document;
  const at = (...parts: (string | number)[]) => join("document", ...parts);

  bounds.text(at("identity.role"), identity.role, 1, MAX.text);
  bounds.text(at("identity.style"), identity.style, 1, MAX.text);
  bounds.text(at("identity.disclosure"), identity.disclosure, 0, MAX.text);
  bounds.texts(at("identity.rules"), identity.rules, MAX.items, MAX.text);
  bounds.texts(at("identity.facts"), identity.facts, MAX.items, MAX.text);

  const { greetings, flow, fields } = conversation;
  if (greetings.length === 0) bounds.add(at("conversation.greetings"), "required");
  bounds.texts(at("conversation.greetings"), greetings, MAX.greetings, MAX.text);
  if (flow.states.length === 0) bounds.add(at("conversation.flow.states"), "required");
  bounds.most(at("conversation.flow.states"), flow.states, MAX.states);
  flow.states.forEach((state, index) => {
    const place = at("conversation.flow.states", index);
    bounds.text(join(place, "name"), state.name, 1, MAX.text);
    bounds.text(join(place, "goal"), state.goal, 0, MAX.text);
    bounds.text(join(place, "prompt"), state.prompt, 0, MAX.prompt);
    bounds.texts(join(place, "examples"), state.examples, MAX.shortItems, MAX.text);
  });
  flow.transitions.forEach(({ condition }, index) => {
    const place = at("conversation.flow.transitions", index, "condition");
    if (condition.type === "custom") bounds.text(join(place, "rule"), condition.rule, 1, MAX.text);
    if (condition.type === "intent") bounds.text(join(place, "intent"), condition.intent, 1, MAX.text);
    if (condition.type === "keyword") {
      if (condition.keywords.length === 0) bounds.add(join(place, "keywords"), "required");
      bounds.texts(join(place, "keywords"), condition.keywords, MAX.shortItems, MAX.short);
    }
    if (condition.type === "field" && condition.test.field === "") bounds.add(join(place, "test.field"), "required");
  });
  fields.forEach((field, index) => {
    const place = at("conversation.fields", index);
    bounds.text(join(place, "id"), field.id, 1, 64);
    bounds.text(join(place, "description"), field.description, 1, MAX.text);
    bounds.text(join(place, "question"), field.question, 0, MAX.text);
    bounds.texts(join(place, "examples"), field.examples, MAX.shortItems, MAX.short);
    bounds.texts(join(place, "validation.choices"), field.validation.choices, MAX.shortItems, MAX.short);
    if (field.type === "choice" && field.validation.choices.length === 0) bounds.add(join(place, "validation.choices"), "no_choices");
  });
  guardrails.forEach((rail, index) => {
    const place = at("guardrails", index);
    bounds.text(join(place, "name"), rail.name, 1, MAX.short);
    bounds.text(join(place, "response"), rail.response, 1, MAX.text);
    bounds.texts(join(place, "phrases"), rail.phrases, MAX.shortItems, MAX.short);
  });

  bounds.text(at("voice.tts.voiceId"), voice.tts.voiceId, 1, MAX.short);
  bounds.text(at("voice.llm.model"), voice.llm.model, 1, MAX.short);

  bounds.most(at("lead.criteria"), lead.criteria, MAX.criteria);
  lead.criteria.forEach(({ condition, action }, index) => {
    bounds.text(at("lead.criteria", index, "condition"), condition, 1, MAX.text);
    bounds.text(at("lead.criteria", index, "action"), action, 1, MAX.text);
  });
  bounds.most(at("lead.crmFields"), lead.crmFields, MAX.criteria);
  lead.crmFields.forEach(({ name, instruction }, index) => {
    bounds.text(at("lead.crmFields", index, "name"), name, 1, MAX.crmName);
    bounds.text(at("lead.crmFields", index, "instruction"), instruction, 1, MAX.crmInstruction);
  });
  bounds.text(at("lead.closing.prompt"), lead.closing.prompt, 0, MAX.closingPrompt);
  bounds.text(at("lead.closing.template"), lead.closing.template, lead.closing.type === "static_template" ? 1 : 0, MAX.closingTemplate);

  tools.forEach(({ config }, index) => bounds.text(at("tools", index, "config.description"), typeof config["description"] === "string" ? config["description"] : "", 0, MAX.text));

  if (outcomes.results.length === 0) bounds.add(at("outcomes.results"), "required");
  bounds.most(at("outcomes.results"), outcomes.results, MAX.results);
  outcomes.results.forEach((result, index) => {
    bounds.text(at("outcomes.results", index, "id"), result.id, 1, 64);
    bounds.text(at("outcomes.results", index, "name"), result.name, 1, MAX.short);
  });
  return bounds.found;
}
