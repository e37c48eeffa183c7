//  Skillbases of the pretended world: one small, one with two hundred states, one that nobody published yet.
import type { FlowState } from "../../bindings/FlowState";
import type { SkillbaseDocument } from "../../bindings/SkillbaseDocument";
import type { Transition } from "../../bindings/Transition";

const state = (id: string, name: string, more: Partial<FlowState> = {}): FlowState => ({ id, name, goal: "", prompt: "", collect: [], examples: [], usesKnowledge: false, maxTurns: null, isEnd: false, position: null, ...more });
const way = (from: string, to: string, condition: Transition["condition"] = { type: "always" }): Transition => ({ from, to, condition, priority: 0 });
const says = (...keywords: string[]): Transition["condition"] => ({ type: "keyword", keywords });
const isSet = (field: string) => ({ field, operator: "is_set" as const, value: "" });

export const clinic: SkillbaseDocument = {
  format: 2,
  identity: {
    role: "Администратор клиники «Север», напоминает о записи и предлагает перенести её, если нужно.",
    style: "Коротко, тепло, на «вы». Не больше двух предложений за раз.",
    language: "ru",
    otherLanguages: ["en"],
    switchLanguage: true,
    rules: ["Не называть диагнозов и цен.", "Если собеседник занят, предложить перезвонить.", "Не спорить."],
    facts: ["Клиника работает с 8:00 до 21:00 без выходных.", "Перенести визит можно не позже чем за два часа."],
    disclosure: "Вам звонит голосовой помощник клиники «Север».",
  },
  conversation: {
    greetings: ["Добрый день! Напоминаю о визите завтра в 10:30. Вам удобно?"],
    flow: {
      type: "graph",
      start: "greet",
      states: [
        state("greet", "Приветствие", { prompt: "Напомните о визите и спросите, в силе ли он.", goal: "Узнать, придёт ли собеседник." }),
        state("confirm", "Визит в силе", { prompt: "Поблагодарите и подтвердите время." }),
        state("move", "Перенос визита", { prompt: "Спросите, на какой день и время перенести.", collect: ["date", "time"], examples: ["На какой день вам удобнее?"] }),
        state("busy", "Собеседник занят", { prompt: "Предложите перезвонить позже и спросите время.", collect: ["callback"] }),
        state("questions", "Вопросы о клинике", { usesKnowledge: true }),
        state("bye", "Прощание", { isEnd: true }),
        state("doctor", "Соединить с врачом"),
      ],
      transitions: [
        way("greet", "confirm", says("да", "в силе", "приду")),
        way("greet", "move", { type: "intent", intent: "Собеседник хочет перенести визит", phrases: ["перенести", "другой день", "не смогу"] }),
        way("greet", "busy", says("занят", "перезвоните", "за рулём")),
        way("greet", "questions", { type: "intent", intent: "Собеседник спрашивает о клинике", phrases: ["сколько", "где вы", "как доехать"] }),
        way("confirm", "bye"),
        way("move", "bye", { type: "field", test: isSet("time") }),
        way("busy", "bye", { type: "field", test: isSet("callback") }),
        way("questions", "greet"),
      ],
    },
    fields: [
      { id: "date", type: "date", required: false, description: "Новый день визита", question: "На какой день перенести?", validation: { pattern: "", min: "", max: "", minLength: null, maxLength: null, choices: [], hint: "" }, examples: ["завтра", "в четверг"] },
      { id: "time", type: "time", required: false, description: "Новое время визита", question: "На какое время?", validation: { pattern: "", min: "08:00", max: "21:00", minLength: null, maxLength: null, choices: [], hint: "Мы работаем с 8 до 21." }, examples: ["в три часа дня"] },
      { id: "callback", type: "time", required: false, description: "Когда перезвонить", question: "Когда вам перезвонить?", validation: { pattern: "", min: "", max: "", minLength: null, maxLength: null, choices: [], hint: "" }, examples: [] },
    ],
    limits: { maxTurns: 30, maxRetries: 3, silenceSeconds: 15 },
  },
  voice: {
    tts: { provider: "cartesia", voiceId: "064b17af-d36b-4bfb-b003-be07dba1b649", speed: 1 },
    stt: { provider: "deepgram", language: "" },
    llm: { provider: "groq", model: "llama-3.3-70b-versatile", temperature: 0.7, maxTokens: null },
    maxCallSeconds: 600,
  },
  lead: {
    criteria: [{ condition: "Собеседник просит соединить с врачом", action: "Соединить с дежурным администратором" }],
    crmFields: [{ name: "visit_time", instruction: "Новое время визита, если его перенесли", field: "time" }, { name: "summary", instruction: "Одно предложение о том, чем закончился разговор", field: "" }],
    closing: { type: "llm_prompt", prompt: "Поблагодарите и пожелайте здоровья.", template: "" },
  },
  tools: [
    { name: "transfer_call", enabled: true, config: { description: "", targets: [{ name: "operator", condition: "Собеседник просит человека", contextRules: "Имя и время визита", phoneOrSip: "sip:desk@north.example" }] } },
    { name: "calendar", enabled: true, config: { description: "Проверить и занять свободное время", apiUrl: "", durationMinutes: 30, services: ["приём терапевта", "анализы"] } },
    { name: "end_call", enabled: true, config: { description: "" } },
  ],
  knowledge: { documentIds: ["00000000-0000-7000-8000-000000060001"], minScore: 0.5 },
  outcomes: {
    results: [
      { id: "confirmed", name: "визит подтверждён", means: "success", rules: [], requiredFields: [] },
      { id: "moved", name: "визит перенесён", means: "success", rules: [isSet("time")], requiredFields: ["date", "time"] },
      { id: "callback", name: "перезвонить", means: "callback", rules: [isSet("callback_requested")], requiredFields: [] },
      { id: "refused", name: "отказ", means: "refusal", rules: [isSet("not_target_reason")], requiredFields: [] },
    ],
    default: "confirmed",
  },
  guardrails: [{ name: "Диагнозы", phrases: ["диагноз", "что со мной"], pattern: "", action: "respond", response: "О здоровье лучше поговорить с врачом на приёме." }],
};

export const survey: SkillbaseDocument = {
  ...clinic,
  identity: { ...clinic.identity, role: "Surveyor", style: "Friendly", language: "en", otherLanguages: [], rules: [], facts: [], disclosure: "" },
  conversation: { ...clinic.conversation, greetings: ["Hello! This is Northwind Dental. May I ask two short questions about your last visit?"], fields: [], flow: { type: "linear", start: "", states: [state("s1", "Ask how the visit went"), state("s2", "Ask whether they would recommend the clinic"), state("s3", "Thank and say goodbye")], transitions: [] } },
  lead: { criteria: [], crmFields: [], closing: { type: "llm_prompt", prompt: "", template: "" } },
  tools: [{ name: "end_call", enabled: true, config: { description: "" } }],
  knowledge: { documentIds: [], minScore: 0.5 },
  outcomes: { results: [{ id: "done", name: "answered", means: "success", rules: [], requiredFields: [] }], default: "done" },
  guardrails: [],
};

/** Two hundred states with branches, ways back and one that nothing leads to; the same every time. */
export function hugeDocument(): SkillbaseDocument {
  const topics = ["Приветствие", "Уточнить имя", "Выбрать услугу", "Свободное время", "Возражение", "Цена", "Перенос", "Согласие", "Отказ", "Прощание"];
  const states = Array.from({ length: 200 }, (_, n) => state(`state_${n + 1}`, `${topics[n % topics.length] ?? ""} ${Math.floor(n / topics.length) + 1}`, { prompt: `Шаг ${n + 1}: говорите коротко и спросите одно.`, isEnd: n >= 192 }));
  const ways = states.flatMap((_, n) => [2 * n + 1, 2 * n + 2, n % 9 === 4 ? n - 3 : -1].filter((to) => to > 0 && to < 199 && n < 192).map((to, order) => way(`state_${n + 1}`, `state_${to + 1}`, order === 0 ? { type: "always" } : says("нет", "потом"))));
  return { ...clinic, conversation: { ...clinic.conversation, flow: { type: "graph", start: "state_1", states, transitions: ways } } };
}
