//  The skillbases of the pretended world: versions, drafts, checks, the prompt, a sandbox that walks by keywords.
import type { CampaignView } from "../../bindings/CampaignView";
import type { FlowState } from "../../bindings/FlowState";
import type { IpcError } from "../../bindings/IpcError";
import type { KnowledgeDocument } from "../../bindings/KnowledgeDocument";
import type { Problem } from "../../bindings/Problem";
import type { PromptSection } from "../../bindings/PromptSection";
import type { SandboxCase } from "../../bindings/SandboxCase";
import type { SandboxNote } from "../../bindings/SandboxNote";
import type { SandboxSession } from "../../bindings/SandboxSession";
import type { SandboxView } from "../../bindings/SandboxView";
import type { SkillbaseDocument } from "../../bindings/SkillbaseDocument";
import type { SkillbaseDraft } from "../../bindings/SkillbaseDraft";
import type { SkillbaseSummary } from "../../bindings/SkillbaseSummary";
import type { SkillbaseVersionView } from "../../bindings/SkillbaseVersionView";
import type { SkillbaseView } from "../../bindings/SkillbaseView";
import type { Command, Request, Response } from "../../api/rpc";
import { clinic, hugeDocument, survey } from "./skillbaseWorld";
import { ago, uuid } from "./world";

type Handlers = { [K in Command]?: (request: Request<K>) => Response<K> };

interface World {
  variant: string;
  refuse: (code: IpcError["code"], more?: Partial<IpcError>) => IpcError;
  campaign: (id: string) => CampaignView;
  putCampaign: (campaign: CampaignView) => CampaignView;
}

interface Stored {
  id: string;
  name: string;
  description: string;
  versions: { view: SkillbaseVersionView; document: SkillbaseDocument }[];
  draft: SkillbaseDraft | null;
  campaignCount: number;
  archived: boolean;
  createdAt: string;
  updatedAt: string;
}

const HASH = "9f2c41d07be3a8155d0c6f4be1a7d2c39e8b60f7a4d5c1e2b3f4a5968778695a";
const version = (n: number, note: string, days: number, more: Partial<SkillbaseVersionView> = {}): SkillbaseVersionView => ({ version: n, hash: HASH.slice(n) + HASH.slice(0, n), note, restoredFrom: null, publishedAt: ago(86_400 * days), campaignCount: n === 4 ? 3 : n === 3 ? 1 : 0, callCount: n === 4 ? 1_872 : 4_210 * n, ...more });

const older = (document: SkillbaseDocument, role: string, rules: string[]): SkillbaseDocument => ({ ...document, identity: { ...document.identity, role, rules } });

function seed(variant: string): Stored[] {
  const first = variant === "huge" ? hugeDocument() : clinic;
  return [
    {
      id: uuid(10),
      name: "Напоминание о визите",
      description: "Подтверждает или переносит запись",
      versions: [
        { view: version(1, "", 40), document: older(clinic, "Администратор клиники «Север».", ["Не спорить."]) },
        { view: version(2, "Новое правило о ценах", 22), document: older(clinic, "Администратор клиники «Север», напоминает о записи.", ["Не называть диагнозов и цен.", "Не спорить."]) },
        { view: version(3, "", 9, { restoredFrom: 1 }), document: older(clinic, "Администратор клиники «Север».", ["Не спорить."]) },
        { view: version(4, "Перенос визита: время спрашивается отдельно", 2), document: first },
      ],
      draft: null,
      campaignCount: 4,
      archived: false,
      createdAt: ago(86_400 * 40),
      updatedAt: ago(86_400 * 2),
    },
    { id: uuid(11), name: "Customer satisfaction survey after a completed visit, spring and summer edition", description: "", versions: [{ view: version(1, "", 3, { campaignCount: 0, callCount: 0 }), document: survey }], draft: null, campaignCount: 0, archived: false, createdAt: ago(86_400 * 3), updatedAt: ago(3_600 * 5) },
    { id: uuid(12), name: "Возврат пациентов", description: "", versions: [], draft: { document: { ...survey, identity: { ...survey.identity, language: "ru" }, conversation: { ...survey.conversation, greetings: ["Здравствуйте! Давно вас не видели."] } }, baseVersion: 0, revision: 2, savedAt: ago(3_600 * 30) }, campaignCount: 0, archived: false, createdAt: ago(86_400), updatedAt: ago(3_600 * 30) },
  ];
}

/** A part of the host's own checks; enough to see every kind of message. */
function judge({ conversation, tools, identity, outcomes }: SkillbaseDocument): Problem[] {
  const found: Problem[] = [];
  const add = (path: string, code: Problem["code"], severity: Problem["severity"] = "error", params: Record<string, string> = {}) => found.push({ path, code, params, severity });
  if (identity.disclosure.trim() === "") add("identity.disclosure", "no_disclosure", "warning");
  const { flow } = conversation;
  if (flow.type === "graph") {
    if (!flow.states.some(({ id }) => id === flow.start)) add("conversation.flow.start", "missing_start");
    if (!flow.states.some(({ isEnd }) => isEnd)) add("conversation.flow.states", "missing_end");
    const reached = new Set<string>();
    const open = [flow.start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      for (const { from, to } of flow.transitions) if (from === id) open.push(to);
    }
    flow.states.forEach((one, index) => {
      if (!reached.has(one.id)) add(`conversation.flow.states.${index}`, "unreachable", "warning");
      else if (!one.isEnd && !flow.transitions.some(({ from }) => from === one.id)) add(`conversation.flow.states.${index}`, "dead_end", "warning");
    });
  }
  tools.forEach((tool, index) => {
    if (!tool.enabled) return;
    if (tool.name === "calendar" && tool.config.apiUrl === "") add(`tools.${index}.config.apiUrl`, "practice_calendar", "warning");
    if (tool.name === "calendar" && tool.config.apiUrl !== "" && !tool.config.apiUrl.startsWith("https://")) add(`tools.${index}.config.apiUrl`, "address");
    if (tool.name === "transfer_call" && tool.config.targets.length === 0) add(`tools.${index}.config.targets`, "not_configured");
  });
  if (!outcomes.results.some(({ means }) => means === "success")) add("outcomes.results", "no_success", "warning");
  return found;
}

const tokens = (text: string) => Math.ceil(text.length / 3.6);

function sections({ identity, conversation, lead, tools, outcomes }: SkillbaseDocument, company: string): PromptSection[] {
  const bullets = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n");
  const made: [PromptSection["key"], string, string[]][] = [
    ["base", "Кто вы\nВы говорите по телефону с живым человеком.\n\nКак говорить\n- Одна-две короткие фразы за раз.\n- Разговорно, с паузами; переспрашивайте, если не поняли.\n\nЧего не делать\n- Длинных предложений и канцелярита.\n- Не повторяйтесь и не извиняйтесь без нужды.", ["base"]],
    ["role", `Компания: «${company}»\nРоль: ${identity.role}\nСтиль: ${identity.style}`, ["company", "identity.role", "identity.style"]],
    ["facts", `Факты о компании:\n${bullets(identity.facts)}`, ["identity.facts"]],
    ["flow", `Состояния разговора:\n${conversation.flow.states.map(({ name, prompt }) => `- ${name}${prompt === "" ? "" : `: ${prompt}`}`).join("\n")}`, ["conversation.flow.states", "conversation.flow.transitions"]],
    ["fields", `Узнайте:\n${bullets(conversation.fields.map(({ description }) => description))}`, ["conversation.fields"]],
    ["criteria", bullets(lead.criteria.map(({ condition, action }) => `${condition}: ${action}`)), ["lead.criteria"]],
    ["tools", bullets(tools.filter(({ enabled }) => enabled).map(({ name }) => name)), ["tools"]],
    ["outcomes", bullets(outcomes.results.map(({ name }) => name)), ["outcomes.results"]],
    ["rules", `Правила:\n${bullets(identity.rules)}`, ["identity.rules"]],
    ["language", "Говорите по-русски, на «вы».", ["identity.language"]],
  ];
  return made.filter(([, text]) => text.trim() !== "" && !text.endsWith(":\n")).map(([key, text, origins]) => ({ key, text, origins, tokens: tokens(text) }));
}

/** Plays a conversation again from its lines, as the real engine does; it knows keywords and times only. */
function play(session: SandboxSession): SandboxView {
  const { document, lines } = session;
  const { flow, fields, greetings } = document.conversation;
  const next = (from: FlowState, said: string): { to: FlowState | null; notes: SandboxNote[] } => {
    if (flow.type === "linear") {
      const at = flow.states.indexOf(from);
      return { to: flow.states[at + 1] ?? null, notes: [{ event: "transition", params: { from: from.id, to: flow.states[at + 1]?.id ?? from.id, condition: "—" } }] };
    }
    const notes: SandboxNote[] = [];
    for (const { from: source, to, condition } of flow.transitions.filter((one) => one.from === from.id)) {
      const words = condition.type === "keyword" ? condition.keywords : condition.type === "intent" ? condition.phrases : [];
      const named = words.join(", ");
      const taken = condition.type === "always" || words.some((word) => said.toLowerCase().includes(word)) || (condition.type === "field" && /\d/.test(said));
      notes.push({ event: taken ? "transition" : "not_taken", params: { from: source, to, condition: condition.type === "field" ? condition.test.field : named === "" ? condition.type : named } });
      if (taken) return { to: flow.states.find(({ id }) => id === to) ?? null, notes };
    }
    return { to: null, notes };
  };
  let current = flow.type === "graph" ? flow.states.find(({ id }) => id === flow.start) : flow.states[0];
  const path = current ? [current.id] : [];
  const values = new Map<string, string>();
  const turns: SandboxView["turns"] = [{ role: "assistant", content: `${greetings[0] ?? ""} ${document.identity.disclosure}`.trim(), stateId: current?.id ?? null, notes: [], latencyMs: null }];
  let ended = false;
  for (const { content } of lines.filter(({ role }) => role === "user")) {
    if (ended || !current) break;
    turns.push({ role: "user", content, stateId: current.id, notes: [], latencyMs: null });
    const rail = document.guardrails.find(({ phrases }) => phrases.some((phrase) => content.toLowerCase().includes(phrase)));
    const notes: SandboxNote[] = rail ? [{ event: "guardrail", params: { name: rail.name, action: rail.action } }] : [];
    if (content === "") notes.push({ event: "silence", params: {} });
    const time = /\b(\d{1,2})(?::(\d{2}))?\b/.exec(content);
    const wanted = current.collect.find((id) => !values.has(id));
    if (time && wanted) {
      values.set(wanted, `${(time[1] ?? "").padStart(2, "0")}:${time[2] ?? "00"}`);
      notes.push({ event: "collected", params: { field: wanted, value: values.get(wanted) ?? "" } });
    }
    const step = rail ? { to: null, notes: [] } : next(current, content);
    notes.push(...step.notes);
    if (step.to) {
      current = step.to;
      path.push(current.id);
    } else if (!rail && content !== "") notes.push({ event: "retry", params: { count: "1" } });
    ended = current.isEnd || (flow.type === "linear" && current === flow.states.at(-1));
    const open = current.collect.find((id) => !values.has(id));
    const question = fields.find(({ id }) => id === open)?.question;
    turns.push({ role: "assistant", content: rail ? rail.response : ended ? "Спасибо, всего доброго!" : (question ?? current.examples[0] ?? `${current.name}. ${current.prompt}`), stateId: current.id, notes, latencyMs: session.mode === "llm" ? 640 : null });
  }
  const result = document.outcomes.results.find(({ id }) => id === document.outcomes.default);
  return {
    session,
    turns,
    stateId: current?.id ?? null,
    path,
    language: document.identity.language,
    fields: fields.map(({ id, required }) => ({ id, value: values.get(id) ?? null, required })),
    end: ended && result ? { reason: "end_state", outcomeId: result.id, outcomeName: result.name, means: result.means } : null,
  };
}

/** A silent second, as a real WAV file: the pretended provider has no voice. */
function wav(): string {
  const bytes = new Uint8Array(44 + 8_000);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => [...letters].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 8_000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, 8_000, true);
  bytes.fill(128, 44);
  return btoa(String.fromCharCode(...bytes));
}

export function skillbaseHandlers({ variant, refuse, campaign, putCampaign }: World): Handlers {
  let all = variant === "empty" ? [] : seed(variant);
  let made = 0;
  let clashed = variant !== "conflict";
  let documents: KnowledgeDocument[] = variant === "empty" ? [] : [
    { id: uuid(60_001), title: "Правила записи и переноса", source: "docx", characters: 8_420, chunks: 18, skillbaseCount: 1, createdAt: ago(86_400 * 8) },
    { id: uuid(60_002), title: "Как доехать до клиники на Тверской: метро, парковка, вход со двора", source: "markdown", characters: 2_110, chunks: 5, skillbaseCount: 0, createdAt: ago(86_400 * 4) },
  ];
  let cases: (SandboxCase & { session: SandboxSession })[] = [];
  const secrets = new Set<"calendar">();

  const find = (id: string): Stored => {
    const found = all.find((one) => one.id === id);
    if (!found) throw refuse("not_found");
    return found;
  };
  const summary = ({ versions, draft, ...one }: Stored): SkillbaseSummary => {
    const newest = versions.at(-1);
    const document = newest?.document ?? draft?.document;
    return {
      id: one.id,
      name: one.name,
      description: one.description,
      version: newest?.view.version ?? 0,
      hash: newest?.view.hash ?? null,
      publishedAt: newest?.view.publishedAt ?? null,
      language: document?.identity.language ?? "ru",
      greeting: document?.conversation.greetings[0] ?? "",
      draftSavedAt: draft?.savedAt ?? null,
      campaignCount: one.campaignCount,
      behindCount: one.campaignCount > 0 ? 1 : 0,
      archived: one.archived,
      createdAt: one.createdAt,
      updatedAt: one.updatedAt,
    };
  };
  const view = (one: Stored): SkillbaseView => ({ summary: summary(one), document: one.versions.at(-1)?.document ?? null, draft: one.draft, callCount: one.versions.reduce((sum, { view }) => sum + view.callCount, 0) });
  const publish = (one: Stored, document: SkillbaseDocument, note: string, restoredFrom: number | null = null): Stored => {
    const number = (one.versions.at(-1)?.view.version ?? 0) + 1;
    one.versions = [...one.versions, { view: version(number, note, 0, { restoredFrom, campaignCount: 0, callCount: 0 }), document }];
    one.draft = null;
    one.updatedAt = ago(0);
    return one;
  };
  const detail = (one: Stored, wanted: number) => {
    const found = one.versions.find(({ view }) => view.version === wanted);
    if (!found) throw refuse("not_found");
    return found;
  };
  /** Somebody else publishes once, so that the comparison can be seen. */
  const somebodyElse = (one: Stored): boolean => {
    if (clashed) return false;
    clashed = true;
    const newest = one.versions.at(-1)?.document ?? clinic;
    publish(one, { ...newest, identity: { ...newest.identity, role: "Администратор сети клиник «Север», напоминает о записи.", rules: [...newest.identity.rules, "Всегда называть врача."] } }, "Название сети");
    return true;
  };

  return {
    skillbase_list: ({ archived }) => ({ items: all.filter((one) => archived || !one.archived).map(summary) }),
    skillbase_get: ({ skillbaseId }) => view(find(skillbaseId)),
    skillbase_create: ({ name, description, document, publish: now }) => {
      if (all.some((one) => one.name === name)) throw refuse("invalid_input", { fields: [{ field: "name", code: "taken", params: {} }] });
      made += 1;
      const one: Stored = { id: uuid(12 + made), name, description, versions: [], draft: { document, baseVersion: 0, revision: 1, savedAt: ago(0) }, campaignCount: 0, archived: false, createdAt: ago(0), updatedAt: ago(0) };
      all = [one, ...all];
      return view(now ? publish(one, document, "") : one);
    },
    skillbase_update: ({ skillbaseId, name, description }) => view(Object.assign(find(skillbaseId), { name, description })),
    skillbase_draft_save: ({ skillbaseId, document, baseVersion, baseRevision }) => {
      const one = find(skillbaseId);
      if (one.draft && one.draft.revision !== baseRevision) return { type: "conflict", draft: one.draft };
      one.draft = { document, baseVersion, revision: (baseRevision ?? 0) + 1, savedAt: ago(0) };
      return { type: "saved", revision: one.draft.revision, savedAt: one.draft.savedAt };
    },
    skillbase_draft_discard: ({ skillbaseId }) => view(Object.assign(find(skillbaseId), { draft: null })),
    skillbase_publish: ({ skillbaseId, baseVersion, document, note }) => {
      const one = find(skillbaseId);
      somebodyElse(one);
      const newest = one.versions.at(-1);
      if (newest && newest.view.version !== baseVersion) {
        const theirs = newest.document;
        return { type: "conflict", comparison: { baseVersion, theirVersion: newest.view.version, theirPublishedAt: newest.view.publishedAt, mine: [], theirs: [], conflicts: [], theirDocument: theirs, merged: document } };
      }
      if (newest && JSON.stringify(newest.document) === JSON.stringify(document)) return { type: "unchanged", skillbase: view(one) };
      return { type: "published", skillbase: view(publish(one, document, note)) };
    },
    skillbase_restore: ({ skillbaseId, version: wanted }) => {
      const one = find(skillbaseId);
      return { type: "published", skillbase: view(publish(one, detail(one, wanted).document, "", wanted)) };
    },
    skillbase_versions: ({ skillbaseId }) => ({ items: find(skillbaseId).versions.map(({ view }) => view).toReversed() }),
    skillbase_version_get: ({ skillbaseId, version: wanted }) => {
      const found = detail(find(skillbaseId), wanted);
      return { version: found.view, document: found.document };
    },
    skillbase_validate: ({ document }) => ({ problems: judge(document), bytes: JSON.stringify(document).length, hash: HASH }),
    skillbase_prompt_preview: ({ document, companyName }) => {
      const made = sections(document, companyName);
      return { sections: made, text: made.map(({ text }) => text).join("\n\n"), tokens: made.reduce((sum, section) => sum + section.tokens, 0), builtInBase: true, offline: variant === "offline" };
    },
    skillbase_tools: ({ document }) => ({
      items: document.tools.map(({ name, enabled }) => ({ name, usable: enabled, schema: { name, description: "", parameters: { type: "object", properties: name === "calendar" ? { action: { type: "string", enum: ["check_availability", "book_appointment"] }, date: { type: "string" }, time: { type: "string" } } : { reason: { type: "string" } }, required: name === "calendar" ? ["action", "date", "time"] : [] } } })),
    }),
    skillbase_secrets: () => ({ stored: [...secrets] }),
    skillbase_secret_set: ({ value }) => {
      if (value === "") secrets.delete("calendar");
      else secrets.add("calendar");
      return { stored: [...secrets] };
    },
    skillbase_export: ({ name, description, document }) => ({ fileName: `${name}.skillbase.json`, path: null, contentBase64: btoa(unescape(encodeURIComponent(JSON.stringify({ format: 2, name, description, document }, null, 2)))) }),
    skillbase_import_file: (request) => {
      if (request.type === "text") return { form: "callboard", name: "", description: "", document: { ...clinic, ...(JSON.parse(request.text) as Partial<SkillbaseDocument>) }, notes: [], problems: [] };
      return {
        form: "v1",
        name: "Салон «Лето»",
        description: "",
        document: survey,
        notes: [
          { kind: "dropped", from: "agent.handoff_criteria.vip", to: "", reason: "unknown_key", value: "" },
          { kind: "dropped", from: "tools.0.config.api_key", to: "", reason: "secret", value: "" },
          { kind: "adjusted", from: "context.safety_rules.1", to: "guardrails.0", reason: "rule", value: "цены" },
          { kind: "adjusted", from: "flow.states", to: "conversation.flow.states", reason: "last_is_end", value: "Прощание" },
          { kind: "defaulted", from: "", to: "identity.disclosure", reason: "missing", value: "" },
          { kind: "converted", from: "context.role", to: "identity.role", reason: "same", value: "" },
          { kind: "converted", from: "flow.states", to: "conversation.flow.states", reason: "states", value: "5" },
        ],
        problems: [],
      };
    },
    skillbase_archive: ({ skillbaseId }) => {
      find(skillbaseId).archived = true;
      return {};
    },
    skillbase_unarchive: ({ skillbaseId }) => view(Object.assign(find(skillbaseId), { archived: false })),
    skillbase_delete: ({ skillbaseId }) => {
      all = all.filter(({ id }) => id !== skillbaseId);
      return {};
    },
    sandbox_start: ({ companyId, skillbaseId, document, mode, timeZone }) => {
      if (mode === "llm" && variant !== "llm") throw refuse("invalid_input", { message: "No language model is set up. Set its address under Settings, Providers.", fields: [] });
      return play({ companyId, skillbaseId, document, mode, startedAt: ago(0), timeZone, lines: [] });
    },
    sandbox_say: ({ session, text }) => {
      const said = play({ ...session, lines: [...session.lines, { role: "user", content: text }] });
      const answer = said.turns.at(-1)?.content ?? "";
      return { ...said, session: { ...said.session, lines: [...said.session.lines, { role: "assistant", content: answer }] } };
    },
    sandbox_save: ({ name, session }) => {
      if (cases.some((one) => one.name === name)) throw refuse("invalid_input", { fields: [{ field: "name", code: "taken", params: {} }] });
      const kept = { id: uuid(70_000 + cases.length), name, mode: session.mode, sentences: session.lines.filter(({ role }) => role === "user").length, outcomeId: play(session).end?.outcomeId ?? null, createdAt: ago(0), session };
      cases = [...cases, kept];
      return kept;
    },
    sandbox_list: () => ({ items: cases }),
    sandbox_delete: ({ caseId }) => {
      cases = cases.filter(({ id }) => id !== caseId);
      return {};
    },
    regression_run: ({ document }) => {
      const items = cases.map(({ id, name, session }) => {
        const [before, after] = [play(session), play({ ...session, document })];
        const changes = [
          ...(JSON.stringify(before.path) === JSON.stringify(after.path) ? [] : [{ path: "path", kind: "changed" as const, before: before.path, after: after.path }]),
          ...(before.end?.outcomeId === after.end?.outcomeId ? [] : [{ path: "outcome", kind: "changed" as const, before: before.end?.outcomeName ?? null, after: after.end?.outcomeName ?? null }]),
        ];
        return { caseId: id, name, same: changes.length === 0, changes };
      });
      return { items, same: items.filter(({ same }) => same).length };
    },
    tts_preview: ({ text }) => {
      if (variant === "fail") throw refuse("internal");
      return { mediaType: "audio/wav", audio: wav(), cached: text.length < 20 };
    },
    test_call: ({ phone }) => {
      if (!/^\+?\d[\d ()-]{8,}$/.test(phone)) throw refuse("invalid_input", { fields: [{ field: "phone", code: "phone", params: {} }] });
      return { campaignId: uuid(100), taskId: uuid(20_000) };
    },
    knowledge_list: () => ({ items: documents }),
    knowledge_add: () => {
      const added: KnowledgeDocument = { id: uuid(60_010 + documents.length), title: "Прайс-лист, осень", source: "pdf", characters: 12_900, chunks: 27, skillbaseCount: 0, createdAt: ago(0) };
      documents = [added, ...documents];
      return added;
    },
    knowledge_delete: ({ documentId }) => {
      documents = documents.filter(({ id }) => id !== documentId);
      return {};
    },
    knowledge_search: ({ query }) => ({
      items: [
        { documentId: uuid(60_001), title: "Правила записи и переноса", chunkIndex: 3, text: `Перенести визит можно не позже чем за два часа до приёма. Если времени меньше, запись отменяется. (${query})`, score: 0.83 },
        { documentId: uuid(60_001), title: "Правила записи и переноса", chunkIndex: 7, text: "Повторный визит в течение двух недель записывает регистратура.", score: 0.41 },
      ],
    }),
    campaign_pin_version: ({ campaignId, version: pinned }) => putCampaign({ ...campaign(campaignId), skillbaseVersion: pinned, revision: campaign(campaignId).revision + 1 }),
    campaign_experiment_set: ({ campaignId, experiment }) => putCampaign({ ...campaign(campaignId), experiment, revision: campaign(campaignId).revision + 1 }),
    campaign_experiment: ({ campaignId }) => {
      const { experiment, skillbaseVersion } = campaign(campaignId);
      if (!experiment) return { results: null };
      const side = (variant: "a" | "b", number: number, answered: number, successes: number, low: number, high: number) => ({ variant, version: number, contacts: 620, callsEnded: 936, callsAnswered: answered, successes, refusals: 88, successRate: { rate: successes / answered, low, high }, refusalRate: { rate: 88 / answered, low: 0.19, high: 0.28 }, averageTalkSeconds: variant === "a" ? 74 : 81 });
      return { results: { experiment, variants: [side("a", skillbaseVersion, 374, 231, 0.567, 0.665), side("b", experiment.version, 373, 200, 0.485, 0.586)], difference: { difference: -0.081, low: -0.151, high: -0.01, significant: true }, asOf: ago(0) } };
    },
    base_prompt_get: () => ({ form: { ru: "", en: "" }, builtIn: { ru: "Кто вы\nВы говорите по телефону с живым человеком.", en: "Who you are\nYou talk to a living person on the phone." }, revision: 1, updatedAt: null }),
    base_prompt_update: ({ form }) => ({ form, builtIn: { ru: "Кто вы", en: "Who you are" }, revision: 2, updatedAt: ago(0) }),
    providers_get: () => ({ form: { llmUrl: "", llmModel: "", cartesiaUrl: "https://api.cartesia.ai", elevenlabsUrl: "https://api.elevenlabs.io", openaiSpeechUrl: "https://api.openai.com/v1" }, storedKeys: ["cartesia"] }),
    providers_update: ({ form, secrets: keys }) => ({ form, storedKeys: keys.filter(({ value }) => value !== "").map(({ key }) => key) }),
  };
}
