//  The retry table as it is typed, the way to the wire and back, and its two presets. What a row means is the host's
//  business (`callboard_core::retry`); the rows here are those that the host calls its base and its recommended ones.
import type { DelayForm } from "../../bindings/DelayForm";
import type { RetryRuleForm } from "../../bindings/RetryRuleForm";
import type { Situation } from "../../bindings/Situation";
import type { Checker } from "../form/checks";

export type DelayKind = DelayForm["kind"];

/** A row as it is typed; all kinds of delay are kept while one of them counts. */
export interface RuleText {
  situation: Situation;
  attempts: string;
  kind: DelayKind;
  minutes: string;
  list: string;
  base: string;
  cap: string;
  jitter: string;
  usesAttempt: boolean;
  anotherDaypart: boolean;
  nextNumber: boolean;
}

/** What the contact or the network said, then what was our own fault. */
export const SITUATIONS: readonly { group: "contact" | "ours"; situations: readonly Situation[] }[] = [
  { group: "contact", situations: ["busy", "no_answer", "unreachable", "voicemail", "callback", "declined", "unwanted", "blocked", "invalid_number", "unknown"] },
  { group: "ours", situations: ["carrier_limit", "carrier_fault", "line_fault", "agent_fault", "hung_up"] },
];

const BACKOFF: DelayForm = { kind: "exponential", baseMinutes: 1, capMinutes: 10, jitterPercent: 20 };
const fixed = (minutes: number): DelayForm => ({ kind: "fixed", minutes });
const list = (...minutes: number[]): DelayForm => ({ kind: "list", minutes });

/** The row of a campaign that sets nothing. */
export function baseRule(situation: Situation): RetryRuleForm {
  const rule: RetryRuleForm = { situation, attempts: null, delay: { kind: "campaign" }, usesAttempt: true, anotherDaypart: false, nextNumber: false };
  if (situation === "declined" || situation === "unwanted" || situation === "blocked") return { ...rule, attempts: 1 };
  if (situation === "invalid_number") return { ...rule, attempts: 1, delay: fixed(1), nextNumber: true };
  if (situation === "carrier_limit") return { ...rule, attempts: 20, delay: BACKOFF, usesAttempt: false };
  return rule;
}

const RECOMMENDED: Partial<Record<Situation, Partial<RetryRuleForm>>> = {
  busy: { delay: list(15, 30, 60) },
  no_answer: { delay: list(120, 240), anotherDaypart: true },
  unreachable: { delay: fixed(60) },
  voicemail: { delay: fixed(240), anotherDaypart: true },
  declined: { attempts: 2, delay: fixed(1440) },
  carrier_fault: { attempts: 5, delay: BACKOFF, usesAttempt: false },
  line_fault: { attempts: 5, delay: BACKOFF, usesAttempt: false },
  agent_fault: { attempts: 2, delay: fixed(120) },
  hung_up: { delay: fixed(120) },
  callback: { attempts: 5, delay: fixed(120) },
};

export function recommendedRule(situation: Situation): RetryRuleForm {
  return { ...baseRule(situation), ...RECOMMENDED[situation] };
}

export const ALL_SITUATIONS: readonly Situation[] = SITUATIONS.flatMap(({ situations }) => situations);

export function ruleText({ attempts, delay, ...rule }: RetryRuleForm): RuleText {
  const text = { ...rule, attempts: attempts === null ? "" : String(attempts), kind: delay.kind, minutes: "60", list: "15, 30, 60", base: "30", cap: "240", jitter: "20" };
  if (delay.kind === "fixed") return { ...text, minutes: String(delay.minutes) };
  if (delay.kind === "list") return { ...text, list: delay.minutes.join(", ") };
  if (delay.kind === "exponential") return { ...text, base: String(delay.baseMinutes), cap: String(delay.capMinutes), jitter: String(delay.jitterPercent) };
  return text;
}

/** The minutes of a list; what is no number stays in it as none, so that the check can name it. */
export function readList(text: string): (number | null)[] {
  return text
    .split(/[,;\s]+/)
    .filter((part) => part !== "")
    .map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : null));
}

const whole = (text: string): number | null => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : null);

/** The row that was typed, none while something in it is no number. */
export function readRule({ situation, attempts, kind, usesAttempt, anotherDaypart, nextNumber, ...text }: RuleText): RetryRuleForm | null {
  const most = attempts.trim() === "" ? null : whole(attempts);
  if (attempts.trim() !== "" && most === null) return null;
  const rule = { situation, attempts: most, usesAttempt, anotherDaypart, nextNumber };
  if (kind === "campaign") return { ...rule, delay: { kind } };
  if (kind === "fixed") {
    const minutes = whole(text.minutes);
    return minutes === null ? null : { ...rule, delay: { kind, minutes } };
  }
  if (kind === "list") {
    const minutes = readList(text.list);
    const known = minutes.filter((one) => one !== null);
    return known.length === 0 || known.length < minutes.length ? null : { ...rule, delay: { kind, minutes: known } };
  }
  const [baseMinutes, capMinutes, jitterPercent] = [whole(text.base), whole(text.cap), whole(text.jitter)];
  return baseMinutes === null || capMinutes === null || jitterPercent === null ? null : { ...rule, delay: { kind, baseMinutes, capMinutes, jitterPercent } };
}

const key = (rule: RetryRuleForm) => JSON.stringify([rule.attempts, rule.delay, rule.usesAttempt, rule.anotherDaypart, rule.nextNumber]);

/** Whether two rows mean the same; what is typed and not chosen does not count. */
export function isRule(text: RuleText, rule: RetryRuleForm): boolean {
  const read = readRule(text);
  return read !== null && key(read) === key(rule);
}

/** All rows, for a campaign that sets some. */
export function fromTable(table: readonly RetryRuleForm[]): RuleText[] {
  return ALL_SITUATIONS.map((situation) => ruleText(table.find((rule) => rule.situation === situation) ?? baseRule(situation)));
}

/** The rows that a campaign sets otherwise than the base. */
export function toTable(rules: readonly RuleText[]): RetryRuleForm[] {
  return rules.flatMap((text) => {
    const rule = readRule(text);
    return rule === null || key(rule) === key(baseRule(rule.situation)) ? [] : [rule];
  });
}

export type Preset = "recommended" | "simple";

export function presetRules(preset: Preset): RuleText[] {
  return ALL_SITUATIONS.map((situation) => ruleText(preset === "recommended" ? recommendedRule(situation) : baseRule(situation)));
}

export function presetOf(rules: readonly RuleText[]): Preset | null {
  const all = (rule: (situation: Situation) => RetryRuleForm) => rules.every((text) => isRule(text, rule(text.situation)));
  return all(recommendedRule) ? "recommended" : all(baseRule) ? "simple" : null;
}

const MAX_MINUTES = 7 * 24 * 60;
const MAX_ATTEMPTS = 50;
const MAX_DELAYS = 10;
const MAX_JITTER = 50;

/** The path of a field of a row in the form: rows are known by their situation. */
export const rulePath = (situation: Situation, field: string) => `retries.${situation}.${field}`;

export function checkRules(rules: readonly RuleText[], check: Checker): void {
  for (const rule of rules) {
    const path = (field: string) => rulePath(rule.situation, field);
    if (rule.attempts.trim() !== "") check.whole(path("attempts"), rule.attempts, 1, MAX_ATTEMPTS);
    else if (!rule.usesAttempt) check.add(path("attempts"), "attemptsRequired");
    if (rule.kind === "fixed") check.whole(path("minutes"), rule.minutes, 1, MAX_MINUTES);
    else if (rule.kind === "list") {
      const minutes = readList(rule.list);
      if (minutes.length === 0) check.add(path("list"), "required");
      else if (minutes.length > MAX_DELAYS) check.add(path("list"), "delaysTooMany", { max: String(MAX_DELAYS) });
      else if (minutes.some((one) => one === null || one < 1 || one > MAX_MINUTES)) check.add(path("list"), "delays", { max: String(MAX_MINUTES) });
    } else if (rule.kind === "exponential") {
      check.whole(path("base"), rule.base, 1, MAX_MINUTES).whole(path("cap"), rule.cap, 1, MAX_MINUTES).whole(path("jitter"), rule.jitter, 0, MAX_JITTER);
      if (Number(rule.cap) < Number(rule.base)) check.add(path("cap"), "capBelowBase");
    }
  }
}

const FIELDS: Record<string, string> = { "delay.baseMinutes": "base", "delay.capMinutes": "cap", "delay.jitterPercent": "jitter", attempts: "attempts" };

/** The path in the form of a path that the host named: its rows are those that were sent, by their places. */
export function ruleIssuePath(path: string, rules: readonly RuleText[]): string {
  const named = /^retries\.(\d+)\.(.+)$/.exec(path);
  const sent = named ? toTable(rules)[Number(named[1])] : undefined;
  if (!named || !sent) return path;
  const field = FIELDS[named[2] ?? ""] ?? (sent.delay.kind === "list" ? "list" : sent.delay.kind === "fixed" ? "minutes" : "attempts");
  return rulePath(sent.situation, field);
}
