//  A host without a backend, for looking at screens and for tests of the look. Built only in the mode "mock".
//  `?mock=` chooses a state: setup, starting, away, refused, empty, slow, fail, stale,
//  conflict, huge, offline, reason-<reason>.
import type { CacheTag } from "../../bindings/CacheTag";
import type { CampaignView } from "../../bindings/CampaignView";
import { commandTags } from "../../bindings/commands";
import type { DatabaseStatus } from "../../bindings/DatabaseStatus";
import type { IpcError } from "../../bindings/IpcError";
import type { LiveMessage } from "../../bindings/LiveMessage";
import type { Command, Request, Response } from "../../api/rpc";
import { onBrowserDrop, pickBrowserFile, saveInBrowser } from "../browser";
import { browserDrafts } from "../browserDrafts";
import { campaignWindowPath, type Platform } from "../types";
import { contactHandlers } from "./contacts";
import { importHandlers } from "./imports";
import { explained, queueHandlers } from "./queue";
import { skillbaseHandlers } from "./skillbases";
import { ago, call, campaigns, company, liveCall, money, second, settings, task, turns, uuid, withState } from "./world";

const variant = new URLSearchParams(location.search).get("mock") ?? sessionStorage.getItem("mock") ?? "";
sessionStorage.setItem("mock", variant);

const refuse = (code: IpcError["code"], more: Partial<IpcError> = {}): IpcError => ({ code, message: `Refused: ${code}.`, params: {}, fields: [], retryable: false, incident: null, ...more });

const database: DatabaseStatus = {
  state: variant === "starting" ? "starting" : variant === "away" ? "away" : variant === "refused" ? "refused" : "ready",
  kind: variant === "refused" ? "shared" : "embedded",
  place: variant === "refused" ? "db.example.org/callboard" : "~/.local/share/callboard/postgres",
  since: ago(7_200),
  error: variant === "refused" ? refuse("database_refused", { params: { reason: "password authentication failed for user \"desk\"" } }) : variant === "away" ? refuse("database_away", { retryable: true }) : null,
};

/** What the host answers without a database. */
const WITHOUT_DATABASE = new Set(["app_info", "skillbase_validate", "skillbase_prompt_preview", "skillbase_tools", "skillbase_export", "skillbase_import_file", "skillbase_schema", "sandbox_start", "sandbox_say"]);
let away = false;

/** For the console and for journeys: the database goes, or comes back. */
const loseDatabase = (lost: boolean) => {
  away = lost;
  database.state = lost ? "away" : "ready";
  database.error = lost ? refuse("database_away", { retryable: true }) : null;
};

let setupNeeded = variant === "setup";
const world = { campaigns: variant === "empty" ? [] : [...campaigns], settings };

function page<Row>(all: Row[], cursor: string | null, limit: number) {
  const from = Number(cursor ?? 0);
  const next = from + limit;
  return { items: all.slice(from, next), nextCursor: next < all.length ? String(next) : null, total: all.length };
}

function find(id: string): CampaignView {
  const found = world.campaigns.find((campaign) => campaign.id === id);
  if (!found) throw refuse("not_found");
  return found;
}

function put(changed: CampaignView): CampaignView {
  world.campaigns = world.campaigns.map((campaign) => (campaign.id === changed.id ? changed : campaign));
  return changed;
}

const move = (state: CampaignView["state"]) => ({ campaignId }: { campaignId: string }) => put(withState(find(campaignId), state));

const outcomes = ([["no_answer", 812], ["success", 431], ["refusal", 220], ["voicemail", 190], ["callback", 96], ["busy", 71], ["invalid_number", 40], ["failed", 12]] as const).map(([outcome, count]) => ({ outcome, count }));

type Handlers = { [K in Command]?: (request: Request<K>) => Response<K> };

const handlers: Handlers = {
  app_info: () => ({ version: "0.1.0", host: "server", nativeFiles: false, windows: false, keyring: true, database, setupNeeded, worker: true }),
  setup_finish: () => {
    setupNeeded = false;
    return { company, campaign: world.campaigns[0] ?? null };
  },
  company_list: () => ({ items: [company, second] }),
  company_update: ({ companyId, form }) => ({ id: companyId, ...form }),
  company_create: ({ ...form }) => ({ id: uuid(3), ...form }),
  settings_get: () => world.settings,
  line_update: ({ line }) => (world.settings = { ...world.settings, line, livekitSecretsStored: true }),
  prices_update: ({ prices }) => (world.settings = { ...world.settings, prices }),
  system_limits_update: (system) => system,
  line_check: ({ line }) =>
    line.kind === "practice"
      ? { ok: true, fault: null, detail: null, checkedAt: ago(0) }
      : { ok: false, fault: line.livekit.url.includes("nowhere") ? "unreachable" : "wrong_key", detail: "HTTP 401 from /twirp/livekit.SIP/ListSIPOutboundTrunk", checkedAt: ago(0) },
  database_test: ({ host }) => (host === "db" ? { ok: true, serverVersion: "18.4", hasSchema: false, error: null } : { ok: false, serverVersion: null, hasSchema: false, error: refuse("database_refused", { params: { reason: `host "${host}" was not found` } }) }),
  campaign_list: ({ states, search, cursor, limit }) =>
    page(
      world.campaigns.filter((campaign) => (states.length === 0 || states.includes(campaign.state)) && campaign.form.name.toLowerCase().includes((search ?? "").toLowerCase())),
      cursor,
      limit,
    ),
  campaign_get: ({ campaignId }) => find(campaignId),
  campaign_create: ({ form }) => {
    const made = withState({ ...(campaigns[4] as CampaignView), id: uuid(200), form, createdAt: ago(0) }, "draft");
    world.campaigns = [made, ...world.campaigns];
    return made;
  },
  campaign_update: ({ campaignId, form }) => put({ ...find(campaignId), form, revision: find(campaignId).revision + 1 }),
  campaign_overview: ({ campaignId }) => {
    const campaign = find(campaignId);
    const started = campaign.startedAt !== null;
    const { first, also, nextAt } = explained(campaign, variant);
    const going = campaign.state === "running" || campaign.state === "paused";
    return {
      campaign,
      dialing: first,
      also,
      nextAt,
      eta: going ? { endsAt: ago(-86_400 * 1.3), endsBy: ago(-86_400 * 1.42), calls: 2_410, cost: money(113.4), asOf: ago(12) } : null,
      rampUpAllows: campaign.form.rampUpFrom === null ? null : campaign.form.rampUpFrom + 4,
      spentToday: money(started ? 83.5 : 0),
      liveCalls: campaign.counts.inProgress,
      startedLastMinute: campaign.state === "running" ? 9 : 0,
      callsEnded: started ? 1_872 : 0,
      callsAnswered: started ? 747 : 0,
      successes: started ? 431 : 0,
      answerRate: started ? 0.399 : null,
      successRate: started ? 0.577 : null,
      costTotal: money(started ? 88.41 : 0),
      asOf: ago(0),
    };
  },
  campaign_start: move("running"),
  campaign_resume: move("running"),
  campaign_pause: move("paused"),
  campaign_schedule: move("scheduled"),
  campaign_stop: move("completed"),
  campaign_cancel: move("cancelled"),
  campaign_delete_preview: ({ campaignId }) => ({ tasks: find(campaignId).counts.total, calls: 1_872, liveCalls: find(campaignId).counts.inProgress }),
  campaign_delete: ({ campaignId }) => {
    world.campaigns = world.campaigns.filter((campaign) => campaign.id !== campaignId);
    return {};
  },
  campaign_pause_all: () => {
    const running = world.campaigns.filter((campaign) => campaign.state === "running");
    running.forEach((campaign) => put(withState(campaign, "paused")));
    return { campaignIds: running.map(({ id }) => id) };
  },
  task_list: ({ statuses, search, cursor, limit, campaignId }) => {
    const total = Math.min(5_000, find(campaignId).counts.total);
    const all = Array.from({ length: total }, (_, n) => task(n)).filter((one) => (statuses.length === 0 || statuses.includes(one.status)) && (!search || `${one.phone}${one.contactName ?? ""}`.includes(search)));
    return page(all, cursor, limit);
  },
  ...importHandlers({ campaign: find, putCampaign: put, refuse, empty: variant === "empty" }),
  live_calls: ({ campaignId }) => {
    const running = world.campaigns.filter((campaign) => campaign.state === "running").map((campaign) => campaign.id);
    const items = Array.from({ length: 14 }, (_, n) => liveCall(n)).filter((one) => running.includes(one.campaignId) && (campaignId === null || campaignId === one.campaignId));
    return { items, inProgress: items.length, companyLimit: 50, line: "practice", startedLastMinute: items.length === 0 ? 0 : 17, endedToday: items.length === 0 ? 0 : 1_872, answeredToday: items.length === 0 ? 0 : 747, successesToday: items.length === 0 ? 0 : 431, costToday: money(items.length === 0 ? 0 : 88.41), asOf: ago(0) };
  },
  call_list: ({ outcomes: wanted, search, cursor, limit }) =>
    page(
      (world.campaigns.length === 0 ? [] : Array.from({ length: 640 }, (_, n) => call(n))).filter((one) => (wanted.length === 0 || (one.outcome !== null && wanted.includes(one.outcome))) && one.phone.includes(search ?? "")),
      cursor,
      limit,
    ),
  call_get: ({ callId }) => {
    const view = call(Number(callId.slice(-6)) - 5_000);
    const talked = view.talkSeconds !== null;
    return {
      call: view,
      skillbaseName: "Напоминание о визите",
      skillbaseVersion: 4,
      skillbaseHash: "9f2c41d07be3a8155d0c6f4be1a7d2c39e8b60f7a4d5c1e2b3f4a5968778695a",
      variant: "a",
      outcomeReason: talked ? "Собеседник подтвердил визит." : null,
      outcomeConfidence: talked ? 0.92 : null,
      sipStatus: talked ? 200 : 486,
      error: null,
      dialIntentAt: view.admittedAt,
      ringingAt: view.admittedAt,
      turns: talked ? turns() : [],
      metrics: talked
        ? { sttSeconds: 41, llmInputTokens: 4_310, llmOutputTokens: 388, ttsCharacters: 640, lineSeconds: 80, costStt: money(0.0176), costLlm: money(0.0009), costTts: money(0.0096), costLine: money(0.0133), costTotal: money(0.0414), interruptionCount: 1, interruptionRate: 0.2 }
        : null,
      attempts: [{ ...call(4), id: uuid(5_904), attempt: 1 }, { ...view, attempt: 2 }],
    };
  },
  campaign_analytics: () => ({
    latencies: [
      { kind: "eou_latency", turns: 3_120, averageMs: 912, p95Ms: 1_640 },
      { kind: "ttfb_stt", turns: 3_120, averageMs: 148, p95Ms: 260 },
      { kind: "latency_llm", turns: 3_120, averageMs: 470, p95Ms: 1_020 },
      { kind: "ttfb_tts", turns: 3_118, averageMs: 205, p95Ms: 340 },
    ],
    conversations: 747,
    averageTalkSeconds: 74,
    costTotal: money(88.41),
    costPerCall: money(0.0472),
    costStt: money(31.2),
    costLlm: money(4.11),
    costTts: money(21.9),
    costLine: money(31.2),
    outcomes,
    dispositions: [],
    minutes: Array.from({ length: 60 }, (_, n) => {
      const startedCalls = Math.max(0, Math.round(9 + 4 * Math.sin(n / 6) + ((n * 7) % 5) - 2));
      return { minute: ago((60 - n) * 60), started: startedCalls, answered: Math.round(startedCalls * 0.42) };
    }),
    asOf: ago(0),
  }),
  ...queueHandlers({ variant, campaign: find, campaigns: () => world.campaigns, refuse, system: () => world.settings.system }),
  ...skillbaseHandlers({ variant, refuse, campaign: find, putCampaign: put }),
  ...contactHandlers({ variant, campaigns: () => world.campaigns, refuse, page }),
  log_fault: () => ({}),
};

/** Running campaigns move on by themselves. */
function advance(): void {
  world.campaigns = world.campaigns.map((campaign) => {
    const { counts } = campaign;
    if (campaign.state !== "running" || counts.pending === 0) return campaign;
    const next = { ...counts, completed: counts.completed + 1, pending: counts.pending - 1 };
    return { ...campaign, counts: next, completionRate: (100 * next.completed) / next.total };
  });
}

export function createMockPlatform(): Platform {
  let announce: (message: LiveMessage) => void = () => undefined;
  const changed = (tags: readonly CacheTag[]) => announce({ type: "changed", at: ago(0), changes: tags.map((tag) => ({ tag, companyId: null, campaignId: null })) });
  return {
    async rpc(command, request) {
      const delay = variant === "slow" ? 60_000 : 30;
      await new Promise((resolve) => setTimeout(resolve, delay));
      const handler = handlers[command as Command] as ((request: unknown) => unknown) | undefined;
      // The database goes away while the desk is open: what was read stays, nothing more is answered.
      if (away && !WITHOUT_DATABASE.has(command)) throw refuse("database_away", { retryable: true });
      if (variant === "fail" && !["app_info", "company_list", "settings_get"].includes(command)) throw refuse("internal", { incident: "019a9f2e-7c41-7d6a-9d10-5a0b8c3f2e11" });
      if (!handler) throw refuse("not_allowed");
      const answer = handler(request);
      if (commandTags[command as Command].invalidates.length > 0) setTimeout(() => changed(commandTags[command as Command].invalidates), 0);
      return structuredClone(answer);
    },
    subscribe(onMessage, onOpen) {
      announce = onMessage;
      onOpen();
      window.addEventListener("mock:database", (event) => {
        loseDatabase((event as CustomEvent<string>).detail === "away");
        changed(["app"]);
      });
      if (variant === "offline") setTimeout(() => window.dispatchEvent(new CustomEvent("mock:database", { detail: "away" })), 1_500);
      if (variant === "stale") return () => undefined;
      const timer = setInterval(() => {
        advance();
        changed(["live", "campaigns", "calls"]);
      }, 1_000);
      return () => clearInterval(timer);
    },
    onFileDrop: onBrowserDrop,
    pickFile: pickBrowserFile,
    importSource: (file) => Promise.resolve({ type: "upload", uploadId: uuid(700), fileName: file.name }),
    speak: () => Promise.resolve(),
    openCampaign(companyId, campaignId) {
      window.open(`/${campaignWindowPath(companyId, campaignId)}`, "_blank");
      return Promise.resolve();
    },
    drafts: browserDrafts(),
    saveContent: saveInBrowser,
  };
}
