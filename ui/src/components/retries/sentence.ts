//  A row of the retry table as one sentence, made of clauses of the catalogue.
import type { TFunction } from "i18next";

import type { DelayForm } from "../../bindings/DelayForm";
import type { RetryRuleForm } from "../../bindings/RetryRuleForm";
import type { RuleText } from "./rules";
import { readRule } from "./rules";

/** What the campaign says where a row says nothing. */
export interface CampaignRetries {
  maxAttempts: number;
  retryDelayMinutes: number;
}

/** 90 is "1 h 30 min", 1440 is "1 day". */
export function spanWords(t: TFunction, minutes: number): string {
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts = [days > 0 ? t("span.days", { count: days }) : null, hours > 0 ? t("span.hours", { count: hours }) : null, rest > 0 || minutes === 0 ? t("span.minutes", { count: rest }) : null];
  return parts.filter((part) => part !== null).join(" ");
}

/** The delay alone, for the cell of a table: "15, 30, 60 min". */
export function delayWords(t: TFunction, delay: DelayForm, { retryDelayMinutes }: CampaignRetries): string {
  if (delay.kind === "campaign") return spanWords(t, retryDelayMinutes);
  if (delay.kind === "fixed") return spanWords(t, delay.minutes);
  if (delay.kind === "list") return delay.minutes.every((one) => one < 120) ? t("retries.listMinutes", { list: delay.minutes.join(", ") }) : delay.minutes.map((one) => spanWords(t, one)).join(", ");
  return t("retries.doublingShort", { base: spanWords(t, delay.baseMinutes), cap: spanWords(t, delay.capMinutes) });
}

function whenClause(t: TFunction, delay: DelayForm, { retryDelayMinutes }: CampaignRetries): string {
  if (delay.kind === "campaign") return t("retries.after", { delay: spanWords(t, retryDelayMinutes) });
  if (delay.kind === "fixed") return t("retries.after", { delay: spanWords(t, delay.minutes) });
  if (delay.kind === "list") {
    const words = delay.minutes.map((one) => spanWords(t, one));
    return words.length === 1 ? t("retries.after", { delay: words[0] }) : t("retries.afterList", { delays: words.slice(0, -1).join(", "), last: words.at(-1) });
  }
  const doubling = { base: spanWords(t, delay.baseMinutes), cap: spanWords(t, delay.capMinutes), jitter: delay.jitterPercent };
  return t(delay.jitterPercent === 0 ? "retries.doubling" : "retries.doublingJitter", doubling);
}

function limitClause(t: TFunction, { attempts, nextNumber }: RetryRuleForm, { maxAttempts }: CampaignRetries): string {
  if (attempts === null) return t("retries.whileLast", { count: Math.max(1, maxAttempts) });
  return t(nextNumber ? "retries.perNumber" : "retries.atMost", { count: attempts });
}

/** "Again after 15 min, 30 min, then every 1 h; at most 3 attempts in all." */
export function ruleSentence(t: TFunction, rule: RetryRuleForm, campaign: CampaignRetries): string {
  if (rule.attempts === 1 && !rule.nextNumber) return t(rule.usesAttempt ? "retries.never" : "retries.neverFree");
  const when = whenClause(t, rule.delay, campaign);
  const again = rule.nextNumber && rule.attempts === 1 ? t("retries.nextNumber", { when }) : t(rule.anotherDaypart ? "retries.againDaypart" : "retries.again", { when });
  const clauses = [
    again,
    ...(rule.nextNumber && rule.attempts === 1 ? [] : [limitClause(t, rule, campaign)]),
    ...(rule.nextNumber && rule.attempts !== 1 ? [t(rule.attempts === null ? "retries.numbersInTurn" : "retries.thenNextNumber")] : []),
    ...(rule.usesAttempt ? [] : [t("retries.free")]),
  ];
  return t("retries.sentence", { clauses: clauses.join("; ") });
}

/** The same for what is being typed; says so while it is no rule yet. */
export function textSentence(t: TFunction, text: RuleText, campaign: CampaignRetries): string {
  const rule = readRule(text);
  return rule === null ? t("retries.unfinished") : ruleSentence(t, rule, campaign);
}
