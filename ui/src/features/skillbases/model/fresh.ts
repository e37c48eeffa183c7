//  What a new skillbase begins with, and new parts of it.
import type { CollectField, Language, SkillbaseDocument, Tool, ToolName } from "./document";

export const TOOLS: readonly ToolName[] = ["transfer_call", "calendar", "end_call", "dtmf_tone", "detect_language", "skip_turn", "transfer_to_agent"];

export function newTool(name: ToolName, enabled = false): Tool {
  switch (name) {
    case "calendar":
      return { name, enabled, config: { description: "", apiUrl: "", durationMinutes: 60, services: [] } };
    case "transfer_call":
      return { name, enabled, config: { description: "", targets: [] } };
    case "transfer_to_agent":
      return { name, enabled, config: { description: "", agents: [] } };
    default:
      return { name, enabled, config: { description: "" } };
  }
}

export const newField = (): CollectField => ({ id: "", type: "text", required: false, description: "", question: "", validation: { pattern: "", min: "", max: "", minLength: null, maxLength: null, choices: [], hint: "" }, examples: [] });

const isSet = (field: string) => ({ field, operator: "is_set" as const, value: "" });

/** As the host's own default, with the names of the results in the language of the desk. */
export function newDocument(language: Language, names: { callback: string; notTarget: string; lead: string; infoOnly: string }): SkillbaseDocument {
  return {
    format: 2,
    identity: { role: "", style: "", language, otherLanguages: [], switchLanguage: true, rules: [], facts: [], disclosure: "" },
    conversation: { greetings: [""], flow: { type: "linear", start: "", states: [], transitions: [] }, fields: [], limits: { maxTurns: 30, maxRetries: 3, silenceSeconds: 15 } },
    voice: {
      tts: { provider: "cartesia", voiceId: "064b17af-d36b-4bfb-b003-be07dba1b649", speed: 1 },
      stt: { provider: "deepgram", language: "" },
      llm: { provider: "groq", model: "llama-3.3-70b-versatile", temperature: 0.7, maxTokens: null },
      maxCallSeconds: 600,
    },
    lead: { criteria: [], crmFields: [], closing: { type: "llm_prompt", prompt: "", template: "" } },
    tools: [newTool("end_call", true)],
    knowledge: { documentIds: [], minScore: 0.5 },
    outcomes: {
      results: [
        { id: "callback", name: names.callback, means: "callback", rules: [isSet("callback_requested")], requiredFields: [] },
        { id: "not_target", name: names.notTarget, means: "refusal", rules: [isSet("not_target_reason")], requiredFields: [] },
        { id: "lead", name: names.lead, means: "success", rules: [isSet("all_required")], requiredFields: [] },
        { id: "info_only", name: names.infoOnly, means: "unknown", rules: [], requiredFields: [] },
      ],
      default: "info_only",
    },
    guardrails: [],
  };
}
