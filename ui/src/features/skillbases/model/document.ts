//  The document that is edited: its shape, what is new in it, and on which tab each place is.

export type Language = "ru" | "en" | "es" | "de" | "fr" | "it" | "pt";
export const LANGUAGES: readonly Language[] = ["ru", "en", "es", "de", "fr", "it", "pt"];

export interface Identity {
  role: string;
  style: string;
  language: Language;
  otherLanguages: Language[];
  switchLanguage: boolean;
  rules: string[];
  facts: string[];
  disclosure: string;
}
export interface Position {
  x: number;
  y: number;
}
export interface State {
  id: string;
  name: string;
  goal: string;
  prompt: string;
  collect: string[];
  examples: string[];
  usesKnowledge: boolean;
  maxTurns: number | null;
  isEnd: boolean;
  position: Position | null;
}
export type FieldOperator = "is_set" | "is_not_set" | "equals" | "not_equals" | "contains" | "greater_than" | "less_than";
export interface FieldTest {
  field: string;
  operator: FieldOperator;
  value: string;
}
export type Condition =
  | { type: "always" }
  | { type: "field"; test: FieldTest }
  | { type: "keyword"; keywords: string[] }
  | { type: "intent"; intent: string; phrases: string[] }
  | { type: "custom"; rule: string };
export interface Transition {
  from: string;
  to: string;
  condition: Condition;
  priority: number;
}
export interface Flow {
  type: "linear" | "graph";
  start: string;
  states: State[];
  transitions: Transition[];
}
export type FieldKind = "text" | "phone" | "email" | "date" | "time" | "number" | "choice" | "boolean";
export interface CollectField {
  id: string;
  type: FieldKind;
  required: boolean;
  description: string;
  question: string;
  validation: { pattern: string; min: string; max: string; minLength: number | null; maxLength: number | null; choices: string[]; hint: string };
  examples: string[];
}
export interface Conversation {
  greetings: string[];
  flow: Flow;
  fields: CollectField[];
  limits: { maxTurns: number; maxRetries: number; silenceSeconds: number };
}
export interface Voice {
  tts: { provider: "cartesia" | "elevenlabs" | "openai"; voiceId: string; speed: number };
  stt: { provider: "deepgram" | "assemblyai" | "openai"; language: string };
  llm: { provider: "groq" | "openai" | "ollama" | "anthropic"; model: string; temperature: number; maxTokens: number | null };
  maxCallSeconds: number;
}
export interface Lead {
  criteria: { condition: string; action: string }[];
  crmFields: { name: string; instruction: string; field: string }[];
  closing: { type: "llm_prompt" | "static_template"; prompt: string; template: string };
}
export type ToolName = "calendar" | "transfer_call" | "end_call" | "dtmf_tone" | "detect_language" | "skip_turn" | "transfer_to_agent";
export interface Tool {
  name: ToolName;
  enabled: boolean;
  config: Record<string, unknown>;
}
export interface Outcomes {
  results: { id: string; name: string; means: "success" | "refusal" | "callback" | "unknown"; rules: FieldTest[]; requiredFields: string[] }[];
  default: string;
}
export interface Guardrail {
  name: string;
  phrases: string[];
  pattern: string;
  action: "respond" | "escalate" | "end_call";
  response: string;
}
export interface SkillbaseDocument {
  format: number;
  identity: Identity;
  conversation: Conversation;
  voice: Voice;
  lead: Lead;
  tools: Tool[];
  knowledge: { documentIds: string[]; minScore: number };
  outcomes: Outcomes;
  guardrails: Guardrail[];
}
