//  Limits, forecasts, direct calls and notices of the pretended world. `?mock=reason-<reason>` gives the first campaign any
//  reason of the contract.
import type { BreakerView } from "../../bindings/BreakerView";
import type { CampaignView } from "../../bindings/CampaignView";
import type { CompanyLimitsForm } from "../../bindings/CompanyLimitsForm";
import type { DialingReason } from "../../bindings/DialingReason";
import type { DialingStatus } from "../../bindings/DialingStatus";
import type { DirectCallView } from "../../bindings/DirectCallView";
import type { ExplanationView } from "../../bindings/ExplanationView";
import type { FieldError } from "../../bindings/FieldError";
import type { HourForecast } from "../../bindings/HourForecast";
import type { IpcError } from "../../bindings/IpcError";
import type { LimitKind } from "../../bindings/LimitKind";
import type { LimitUse } from "../../bindings/LimitUse";
import type { NoticeView } from "../../bindings/NoticeView";
import type { SystemLimits } from "../../bindings/SystemLimits";
import type { TaskView } from "../../bindings/TaskView";
import type { TrunkView } from "../../bindings/TrunkView";
import type { Command, Request, Response } from "../../api/rpc";
import { presetRules, readRule } from "../../components/retries/rules";
import { ago, money, number, person, task, uuid } from "./world";

type Handlers = { [K in Command]?: (request: Request<K>) => Response<K> };

interface World {
  variant: string;
  campaign: (id: string) => CampaignView;
  campaigns: () => readonly CampaignView[];
  refuse: (code: IpcError["code"], more?: Partial<IpcError>) => IpcError;
  system: () => SystemLimits;
}

const day = (days: number) => ago(-86_400 * days).slice(0, 10);
const NEVER_OPENED = { state: "closed", cause: null, openedAt: null, retryAt: null, trips: 0 } as const;

const PARAMS: Partial<Record<DialingReason, [params: Record<string, string>, seconds: number | null]>> = {
  scheduled: [{}, 86_400],
  before_start: [{}, 7_200],
  outside_hours: [{}, 43_000],
  holiday: [{}, 90_000],
  contact_outside_hours: [{}, 20_000],
  contact_holiday: [{}, 90_000],
  line_down: [{ fault: "wrong_key" }, null],
  trunk_breaker: [{ cause: "faults" }, 120],
  campaign_breaker: [{ cause: "agent_faults" }, 480],
  company_budget: [{ spent: "1000.00", limit: "1000.00" }, 30_000],
  campaign_budget: [{ spent: "99.97", limit: "100.00" }, 30_000],
  waiting_for_callback: [{}, 5_400],
  waiting_for_retry: [{}, 1_800],
  waiting_for_turn: [{}, 54],
  number_cap: [{ used: "2", limit: "2", kind: "number_per_day" }, 40_000],
  number_gap: [{ used: "12", limit: "30", kind: "number_gap" }, 1_080],
  contacts_kept_back: [{}, 3_600],
  campaign_limit: [{ used: "5", limit: "5" }, null],
  ramp_up: [{ used: "3", limit: "3" }, null],
  minute_limit: [{ used: "10", limit: "10" }, 20],
  trunk_limit: [{}, 1],
  company_limit: [{ used: "50", limit: "50" }, null],
  system_limit: [{ used: "100", limit: "100" }, null],
  direct_calls_first: [{ count: "2" }, null],
  direct_call_in_line: [{ place: "2", waitSeconds: "95" }, null],
  in_line: [{ place: "318", waitSeconds: "4100" }, null],
};

export function status(reason: DialingReason): DialingStatus {
  const [params, seconds] = PARAMS[reason] ?? [{}, null];
  return { reason, params, at: seconds === null ? null : ago(-seconds) };
}

/** What a campaign answers when somebody asks why. */
export function explained(campaign: CampaignView, variant: string): ExplanationView {
  const asked = /^reason-(.+)$/.exec(variant)?.[1] as DialingReason | undefined;
  const running = { [uuid(100)]: "minute_limit", [uuid(101)]: "trunk_breaker" } as Record<string, DialingReason>;
  const reason = asked ?? (campaign.state === "running" ? (running[campaign.id] ?? "dialing") : campaign.state);
  const first = status(reason);
  if (reason === "scheduled") return { first: { ...first, at: campaign.form.startsAt }, also: [], nextAt: campaign.form.startsAt };
  if (reason === "trunk_breaker" && asked === undefined) return { first, also: [status("campaign_budget"), status("campaign_limit")], nextAt: null };
  return { first, also: [], nextAt: first.at };
}

const faults = (count: number, campaign: number) =>
  Array.from({ length: count }, (_, n) => ({ callId: uuid(5_010 + n), campaignId: uuid(campaign), endedAt: ago(60 - n * 9), sipStatus: 503, error: n % 2 === 0 ? "503 Service Unavailable: Network is out of order, please contact your administrator" : "503 Service Unavailable" }));

function forecast(contacts: number): HourForecast[] {
  const hours: HourForecast[] = [];
  let left = Math.round(contacts * 1.63);
  for (let hour = 1; left > 0 && hour < 24 * 12; hour += 1) {
    const at = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + (hour - 1) * 3_600_000);
    const clock = (at.getUTCHours() + 3) % 24;
    const open = clock >= 9 && clock < 21;
    const calls = open ? Math.min(left, Math.round(270 + 110 * Math.sin((clock - 6) / 2.4) + ((hour * 37) % 40))) : 0;
    left -= calls;
    hours.push({ hour: at.toISOString(), calls, finished: Math.round(calls * 0.6) });
  }
  return hours;
}

export function queueHandlers({ variant, campaign, campaigns, refuse, system }: World): Handlers {
  const empty = variant === "empty";
  let limits: CompanyLimitsForm = empty
    ? { callsAtOnce: 50, dailyBudget: null, numberPerDay: null, numberPerWeek: null, numberPerMonth: null, minimumGapMinutes: 0, holidays: [] }
    : {
        callsAtOnce: 50,
        dailyBudget: "250.00",
        numberPerDay: 1,
        numberPerWeek: 2,
        numberPerMonth: 8,
        minimumGapMinutes: 60,
        holidays: [{ date: day(3), name: "День открытых дверей" }, ...Array.from({ length: 8 }, (_, n) => ({ date: `${new Date().getUTCFullYear() + 1}-01-0${n + 1}`, name: "Новогодние каникулы" })), { date: `${new Date().getUTCFullYear() + 1}-02-23`, name: "День защитника Отечества" }],
      };
  let rates: Record<string, number | null> = { practice: null, ST_moscow: 10 };
  let broken = !empty;
  let read = new Set<string>();
  let made = 0;
  let direct: DirectCallView[] = empty
    ? []
    : [
        { taskId: uuid(30_001), contactId: uuid(40_001), contactName: person(1), phone: number(1), campaignId: uuid(100), title: "Напоминания на завтра", status: "in_progress", callId: uuid(5_003), place: null, expectedWaitSeconds: null, askedAt: ago(40) },
        { taskId: uuid(30_002), contactId: uuid(40_002), contactName: person(2), phone: number(2), campaignId: null, title: "Напоминание о визите", status: "pending", callId: null, place: 1, expectedWaitSeconds: 45, askedAt: ago(20) },
        { taskId: uuid(30_003), contactId: uuid(40_010), contactName: null, phone: number(9), campaignId: null, title: "Customer satisfaction survey after a completed visit, spring and summer edition", status: "pending", callId: null, place: 2, expectedWaitSeconds: 165, askedAt: ago(4) },
      ];

  const trunkBreaker = (): BreakerView => ({ scope: "trunk", trunk: "ST_moscow", campaignId: null, campaignName: null, ...NEVER_OPENED, calls: [], ...(broken ? { state: "open" as const, cause: "faults", openedAt: ago(24), retryAt: ago(-120), trips: 3, calls: faults(5, 101) } : { openedAt: ago(90), cause: "faults" }) });
  const trunks = (): TrunkView[] => [
    { line: "practice", trunk: "practice", callsPerSecond: rates["practice"] ?? null, rate: null, startedLastSecond: empty ? 0 : 1, slowedAt: null, slowedBecause: null, recoveredAt: null, breaker: { scope: "trunk", trunk: "practice", campaignId: null, campaignName: null, ...NEVER_OPENED, calls: [] } },
    ...(empty ? [] : [{ line: "livekit" as const, trunk: "ST_moscow", callsPerSecond: rates["ST_moscow"] ?? 10, rate: 6.5, startedLastSecond: 4, slowedAt: ago(45), slowedBecause: "429 Too Many Requests: CPS limit exceeded", recoveredAt: ago(-105), breaker: trunkBreaker() }]),
  ];
  const inUse = (kind: LimitKind, used: number, limit: number, seconds: number | null = null): LimitUse => ({ kind, used, limit, free: Math.max(0, limit - used), freeAt: seconds === null ? null : ago(-seconds) });
  const allUses = (id: string | null): LimitUse[] => {
    const all = [inUse("system_at_once", empty ? 0 : 83, system().callsAtOnce), inUse("company_at_once", empty ? 0 : 14, limits.callsAtOnce)];
    if (id === null) return all;
    const { form, counts } = campaign(id);
    return [...all, inUse("campaign_at_once", counts.inProgress, form.callsAtOnce), ...(form.rampUpFrom === null ? [] : [inUse("campaign_ramp_up", counts.inProgress, form.rampUpFrom + 4)]), inUse("campaign_per_minute", counts.inProgress === 0 ? 0 : 10, form.callsPerMinute, 20)];
  };
  const view = (id: string | null): Response<"limits_get"> => {
    const renewsAt = ago(-30_000);
    const own = id === null ? null : campaign(id).form.dailyBudget;
    const inFlight = money(2.3);
    return {
      company: limits,
      system: system(),
      uses: allUses(id),
      budgets: [
        ...(limits.dailyBudget === null ? [] : [{ kind: "company_budget" as const, limit: { amount: limits.dailyBudget, currency: "USD" }, spent: money(88.41), inFlight, state: "fine" as const, renewsAt }]),
        ...(own === null ? [] : [{ kind: "campaign_budget" as const, limit: { amount: own, currency: "USD" }, spent: money(id === uuid(101) ? 98.9 : 81.2), inFlight, state: id === uuid(101) ? ("stopped" as const) : ("warning" as const), renewsAt }]),
      ],
      trunks: trunks(),
      asOf: ago(0),
    };
  };

  const notices = (): NoticeView[] => {
    if (empty) return [];
    const list: [NoticeView["kind"], NoticeView["level"], number | null, Record<string, string>][] = [
      ["breaker_opened", "alarm", null, { scope: "trunk", line: "livekit", cause: "faults", calls: "5", until: ago(-120) }],
      ["budget_warning", "warning", 100, { scope: "campaign", spent: "83.50", limit: "100.00", percent: "80", currency: "USD", until: ago(-30_000) }],
      ["trunk_slowed", "warning", null, { line: "livekit", rate: "5.0", limit: "10" }],
      ["budget_stopped", "alarm", 101, { scope: "campaign", spent: "99.97", limit: "100.00", currency: "USD" }],
      ["ramp_up_held", "warning", 101, { from: "8", to: "4" }],
      ["callback_missed", "warning", 102, { promisedAt: ago(9_000) }],
      ["trunk_recovered", "info", null, { line: "livekit" }],
      ["breaker_closed", "info", null, { scope: "trunk", line: "livekit" }],
      ["no_worker", "alarm", 102, {}],
      ["campaign_started", "info", 101, {}],
      ["campaign_ended", "warning", 106, {}],
      ["campaign_completed", "info", 105, {}],
    ];
    return Array.from({ length: 43 }, (_, n) => {
      const [kind, level, about, params] = list[n % list.length] as (typeof list)[number];
      const id = uuid(80_000 + n);
      return { id, kind, level, at: ago(30 + n * n * 210), campaignId: about === null ? null : uuid(about), campaignName: about === null ? null : campaign(uuid(about)).form.name, params, readAt: n > 5 || read.has(id) ? ago(n) : null };
    });
  };

  const checked = (form: CompanyLimitsForm): CompanyLimitsForm => {
    const fields: FieldError[] = [];
    const { numberPerDay: perDay, numberPerWeek: perWeek } = form;
    if (perDay !== null && perWeek !== null && perWeek < perDay) fields.push({ field: "form.numberPerWeek", code: "range", params: { min: String(perDay), max: "500" } });
    if (fields.length > 0) throw refuse("invalid_input", { fields });
    return form;
  };
  const why = (n: number): ExplanationView => {
    const one: TaskView = task(n);
    const reasons: DialingReason[] = one.status === "completed" ? ["task_completed"] : one.status === "failed" ? ["task_failed"] : one.status === "in_progress" ? ["task_in_progress"] : one.status === "retry" ? ["waiting_for_retry", "number_cap", "campaign_limit"] : (["in_line", "contact_outside_hours", "number_cap"] as const).slice(n % 3, (n % 3) + 2);
    const [first = "in_line", ...also] = reasons;
    return { first: status(first), also: also.map(status), nextAt: status(reasons.includes("number_cap") ? "number_cap" : first).at };
  };
  const rows = (preset: "recommended" | "simple") => presetRules(preset).flatMap((text) => readRule(text) ?? []);

  return {
    campaign_defaults: () => ({ form: null, recommendedRetries: rows("recommended"), baseRetries: rows("simple") }),
    campaign_explain: ({ campaignId }) => explained(campaign(campaignId), variant),
    campaign_preflight: ({ campaignId }) => {
      const { counts } = campaign(campaignId);
      const contacts = counts.pending + counts.retry;
      const part = (share: number) => Math.round(contacts * share);
      const skipped = contacts === 0 ? [] : [{ reason: "do_not_call" as const, contacts: part(0.01) }, { reason: "never_open" as const, contacts: part(0.005) }, { reason: "number_cap" as const, contacts: part(0.0004) }, { reason: "not_in_time" as const, contacts: 0 }].filter((one) => one.contacts > 0);
      const willBeDialled = contacts - skipped.reduce((sum, one) => sum + one.contacts, 0);
      const hours = forecast(Math.min(willBeDialled, 40_000));
      const last = hours.at(-1);
      return {
        contacts,
        willBeDialled,
        skipped,
        calls: hours.reduce((sum, { calls }) => sum + calls, 0),
        reached: Math.round(willBeDialled * 0.71),
        startsAt: hours.find(({ calls }) => calls > 0)?.hour ?? null,
        endsAt: last?.hour ?? null,
        endsBy: last ? new Date(Date.parse(last.hour) + 6_000_000).toISOString() : null,
        lookedUntil: ago(-86_400 * 30),
        cost: money(hours.reduce((sum, { calls }) => sum + calls, 0) * 0.047),
        hours,
        method: { basis: campaignId === uuid(104) ? "assumed" : "company", calls: 1_872, mix: [{ disposition: "answered", share: 0.4, holdSeconds: 74 }, { disposition: "no_answer", share: 0.43, holdSeconds: 30 }], costPerCall: money(0.047), runs: 20, tookMs: 312 },
        asOf: ago(0),
      };
    },
    task_explain: ({ taskId }) => {
      const n = Number(taskId.slice(-6)) - 20_000;
      return { taskId, campaignId: uuid(100), campaignName: campaign(uuid(100)).form.name, explanation: why(Math.max(0, n)), asOf: ago(0) };
    },
    contact_explain: ({ contactId }) => {
      const n = Number(contactId.slice(-6)) - 40_000;
      const items = campaigns()
        .slice(0, n % 3 === 0 ? 0 : 1 + (n % 2))
        .map((one, index) => ({ taskId: uuid(20_000 + n), campaignId: one.id, campaignName: one.form.name, explanation: why(index === 0 ? 2 : 11), asOf: ago(0) }));
      return { items };
    },
    contact_call_now: ({ contactId, campaignId }) => {
      made += 1;
      const n = Number(contactId.slice(-6)) - 40_000;
      if (n % 2 === 0) return { type: "started", taskId: uuid(30_100 + made), callId: uuid(5_003) };
      const place = direct.filter((one) => one.callId === null).length + 1;
      direct = [...direct, { taskId: uuid(30_100 + made), contactId, contactName: person(n), phone: number(n), campaignId, title: campaignId === null ? "Напоминание о визите" : campaign(campaignId).form.name, status: "pending", callId: null, place, expectedWaitSeconds: place * 60, askedAt: ago(0) }];
      return { type: "queued", taskId: uuid(30_100 + made), place, expectedWaitSeconds: place * 60 };
    },
    direct_calls: () => ({ items: direct, asOf: ago(0) }),
    direct_call_cancel: ({ taskId }) => {
      direct = direct.filter((one) => one.taskId !== taskId);
      return {};
    },
    limits_get: ({ campaignId }) => view(campaignId),
    company_limits_update: ({ form }) => {
      limits = checked(form);
      return view(null);
    },
    trunk_limits_update: ({ trunk, callsPerSecond }) => {
      rates = { ...rates, [trunk]: callsPerSecond };
      return view(null);
    },
    breaker_list: () => ({ items: empty ? [] : [trunkBreaker(), { scope: "campaign", trunk: null, campaignId: uuid(102), campaignName: campaign(uuid(102)).form.name, state: "probing", cause: "agent_faults", openedAt: ago(300), retryAt: ago(10), trips: 1, calls: faults(3, 102).map((one) => ({ ...one, sipStatus: null, error: "the voice agent did not come" })) }] }),
    breaker_reset: () => {
      broken = false;
      return trunkBreaker();
    },
    notice_list: ({ unreadOnly, cursor, limit }) => {
      const all = notices();
      const shown = all.filter((notice) => !unreadOnly || notice.readAt === null);
      const from = Number(cursor ?? 0);
      return { items: shown.slice(from, from + limit), nextCursor: from + limit < shown.length ? String(from + limit) : null, unread: all.filter((notice) => notice.readAt === null).length };
    },
    notice_read: ({ ids }) => {
      read = new Set([...read, ...(ids.length > 0 ? ids : notices().map(({ id }) => id))]);
      return {};
    },
  };
}
