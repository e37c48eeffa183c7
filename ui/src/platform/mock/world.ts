//  A small pretended world behind the mock host: enough to look at every screen without a backend. Never in production.
import type { CallView } from "../../bindings/CallView";
import type { CampaignView } from "../../bindings/CampaignView";
import type { CompanyView } from "../../bindings/CompanyView";
import type { LiveCall } from "../../bindings/LiveCall";
import type { Outcome } from "../../bindings/Outcome";
import type { SettingsView } from "../../bindings/SettingsView";
import type { TaskView } from "../../bindings/TaskView";
import type { TurnView } from "../../bindings/TurnView";
import { PRESETS } from "../../components/hours/presets";
import { toWire } from "../../components/hours/wire";
import { presetRules, toTable } from "../../components/retries/rules";

export const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
export const money = (amount: number) => ({ amount: amount.toFixed(6), currency: "USD" });

const NAMES = ["Анна Кузнецова", "Пётр Волков", "Мария Соколова", "Иван Петров", "Ольга Лебедева", "Сергей Морозов", "Елена Новикова", "Дмитрий Козлов", "Наталья Павлова", "Алексей Семёнов", null];
const SAID = [
  ["assistant", "Добрый день! Это клиника «Север», напоминаю о визите завтра в 10:30. Вам удобно?"],
  ["user", "Да, всё в силе, спасибо."],
  ["user", "А можно перенести на четверг, после обеда?"],
  ["assistant", "Конечно. В четверг свободно в 15:00 и в 16:20, какое время вам подойдёт?"],
  ["user", "Перезвоните позже, я за рулём."],
] as const;
const OUTCOMES: Outcome[] = ["success", "success", "success", "no_answer", "no_answer", "refusal", "callback", "voicemail", "busy", "invalid_number", "failed", "unknown"];

export const person = (n: number) => NAMES[n % NAMES.length] ?? null;
export const number = (n: number) => `+7916${String(1_000_000 + ((n * 7_919) % 8_999_999)).padStart(7, "0")}`;

export const company: CompanyView = { id: uuid(1), name: "Клиника «Север»", timeZone: "Europe/Moscow", defaultRegion: "RU", currency: "USD", callsAtOnce: 50 };
export const second: CompanyView = { ...company, id: uuid(2), name: "Northwind Dental" };

interface Seed {
  id: number;
  name: string;
  state: CampaignView["state"];
  total: number;
  done: number;
  failed: number;
  line: CampaignView["line"];
}

const SEEDS: Seed[] = [
  { id: 100, name: "Напоминания на завтра", state: "running", total: 1_240, done: 412, failed: 61, line: "practice" },
  { id: 101, name: "Опрос после визита, ноябрь", state: "running", total: 18_500, done: 6_310, failed: 2_904, line: "livekit" },
  { id: 102, name: "Возврат пациентов", state: "paused", total: 640, done: 88, failed: 12, line: "livekit" },
  { id: 103, name: "Новогодняя акция", state: "scheduled", total: 9_800, done: 0, failed: 0, line: null },
  { id: 104, name: "Черновик: вакцинация от гриппа для постоянных пациентов всех филиалов Москвы и области, вторая волна", state: "draft", total: 0, done: 0, failed: 0, line: null },
  { id: 105, name: "Октябрьские напоминания", state: "completed", total: 1_204_118_220, done: 1_021_557_903, failed: 182_560_317, line: "livekit" },
  { id: 106, name: "Проверка базы", state: "cancelled", total: 300, done: 20, failed: 4, line: "practice" },
];

const ALLOWED: Record<CampaignView["state"], CampaignView["allowed"]> = {
  draft: ["start", "schedule", "cancel"],
  scheduled: ["start", "pause", "stop", "cancel"],
  running: ["pause", "stop", "cancel"],
  paused: ["start", "resume", "stop", "cancel"],
  completed: ["stop"],
  cancelled: [],
};

export function withState(campaign: CampaignView, state: CampaignView["state"]): CampaignView {
  return { ...campaign, state, allowed: ALLOWED[state], endedAt: state === "completed" || state === "cancelled" ? ago(0) : null };
}

export const campaigns: CampaignView[] = SEEDS.map((seed, index) => {
  const retry = seed.state === "running" ? Math.round(seed.total * 0.08) : 0;
  const inProgress = seed.state === "running" ? 5 : 0;
  const counts = { total: seed.total, completed: seed.done, failed: seed.failed, inProgress, retry, cancelled: 0, skipped: 0, pending: Math.max(0, seed.total - seed.done - seed.failed - retry - inProgress) };
  const campaign: CampaignView = {
    id: uuid(seed.id),
    companyId: company.id,
    form: { name: seed.name, description: "", skillbaseId: uuid(10), callsAtOnce: 5, callsPerMinute: 10, maxAttempts: 3, retryDelayMinutes: 30, retries: toTable(presetRules("recommended")), weight: 10, spread: seed.id === 103 ? "even" : "fast", dailyBudget: seed.line === null ? null : "100.00", rampUpFrom: seed.id === 101 ? 2 : null, hours: toWire(PRESETS.lunch).concat(seed.id === 101 ? [{ weekdays: [5], opens: "22:00", closes: "06:00" }] : []), closedDays: seed.id === 100 ? [ago(-86_400 * 5).slice(0, 10)] : [], timeZone: "Europe/Moscow", localTime: seed.state === "running", startsAt: seed.state === "scheduled" ? ago(-86_400 * 5) : null, endsAt: null },
    skillbaseName: "Напоминание о визите",
    skillbaseVersion: seed.id === 101 ? 3 : 4,
    skillbaseNewestVersion: 4,
    experiment: seed.id === 100 ? { version: 3, sharePercent: 50 } : null,
    state: seed.state,
    line: seed.line,
    counts,
    completionRate: seed.total === 0 ? 0 : (100 * seed.done) / seed.total,
    allowed: [],
    startedAt: seed.line ? ago(86_400 * index + 7_200) : null,
    endedAt: null,
    revision: 3,
    createdAt: ago(86_400 * (index + 1)),
  };
  return withState(campaign, seed.state);
});

export function liveCall(n: number): LiveCall {
  const campaign = campaigns[n % 2] as CampaignView;
  const states = ["admitted", "dialing", "ringing", "answered"] as const;
  const said = SAID[n % SAID.length] as (typeof SAID)[number];
  const talking = n % 4 === 3 || n % 3 === 0;
  return {
    callId: uuid(5_000 + n),
    campaignId: campaign.id,
    campaignName: campaign.form.name,
    phone: number(n),
    contactName: person(n),
    state: talking ? "answered" : (states[n % 4] ?? "ringing"),
    line: campaign.line ?? "practice",
    attempt: 1 + (n % 3),
    admittedAt: ago(4 + ((n * 17) % 140)),
    stateSince: ago(2),
    turns: talking ? 2 + (n % 7) : 0,
    lastLine: talking ? said[1] : null,
    lastRole: talking ? said[0] : null,
  };
}

export function call(n: number): CallView {
  const outcome = OUTCOMES[n % OUTCOMES.length] as Outcome;
  const campaign = campaigns[n % 3] as CampaignView;
  const answered = ["success", "refusal", "callback", "unknown"].includes(outcome);
  return {
    id: uuid(5_000 + n),
    campaignId: campaign.id,
    campaignName: campaign.form.name,
    taskId: uuid(20_000 + n),
    phone: number(n),
    contactName: person(n),
    line: campaign.line ?? "practice",
    attempt: 1 + (n % 3),
    state: "ended",
    disposition: answered ? "answered" : outcome === "no_answer" ? "no_answer" : outcome === "busy" ? "busy" : outcome === "voicemail" ? "voicemail" : "carrier_fault",
    outcome,
    admittedAt: ago(120 + n * 340),
    answeredAt: answered ? ago(108 + n * 340) : null,
    endedAt: ago(40 + n * 340),
    ringSeconds: 12,
    talkSeconds: answered ? 68 + (n % 40) : null,
    turns: answered ? 6 + (n % 5) : 0,
    eouLatencyMs: answered ? 820 + ((n * 53) % 500) : null,
    cost: answered ? money(0.0412 + (n % 10) / 100) : money(0.0021),
  };
}

export function turns(): TurnView[] {
  return SAID.map(([role, content], index) => ({
    turnIndex: index,
    role,
    content,
    stateId: null,
    startedSeconds: index * 7.4,
    ttfbSttMs: role === "assistant" ? 140 : null,
    latencyLlmMs: role === "assistant" ? 430 + index * 60 : null,
    ttfbTtsMs: role === "assistant" ? 190 : null,
    eouLatencyMs: role === "assistant" ? 860 + index * 70 : null,
    wasInterrupted: index === 3,
  }));
}

export function task(n: number): TaskView {
  const statuses = ["completed", "completed", "retry", "pending", "failed", "in_progress", "pending", "pending"] as const;
  const status = statuses[n % statuses.length] ?? "pending";
  const tried = status !== "pending";
  return {
    id: uuid(20_000 + n),
    position: n + 1,
    phone: number(n),
    contactName: person(n),
    contactData: n % 3 === 0 ? { филиал: "Тверская", врач: "Орлова" } : {},
    status,
    attempts: tried ? 1 + (n % 3) : 0,
    lastAttemptAt: tried ? ago(600 + n * 20) : null,
    nextAttemptAt: status === "retry" ? ago(-1_800) : null,
    disposition: tried ? "answered" : null,
    outcome: status === "completed" ? "success" : status === "failed" ? "invalid_number" : null,
    error: status === "failed" ? "404 Not Found" : null,
    lastCallId: tried ? uuid(5_000 + n) : null,
    callbackAt: n % 16 === 2 ? ago(-7_200) : null,
    numbers: n % 5 === 2 ? [number(n), number(n + 3)] : [number(n)],
    isDirect: n % 40 === 5,
  };
}

export const settings: SettingsView = {
  company,
  line: {
    kind: "practice",
    practice: { speed: 20, seed: 7 },
    livekit: { url: "", trunkId: "", agentName: "", callerNumber: "", ringSeconds: 30, maxCallSeconds: 600 },
  },
  livekitSecretsStored: false,
  prices: { currency: "USD", stt: "0.0043", sttUnit: "second", llmInputPerMillionTokens: "0.15", llmOutputPerMillionTokens: "0.60", ttsPerThousandCharacters: "0.015", linePerMinute: "0.01" },
  system: { callsAtOnce: 100 },
  companyCallsInProgress: 10,
  systemCallsInProgress: 83,
};
