//  Why somebody is, or is not, called, as a sentence. The host names the reason, its figures and until when it holds;
//  `dialing` words it for a campaign, `why` for a contact where that reads otherwise.
import type { TFunction } from "i18next";

import type { DialingReason } from "../../bindings/DialingReason";
import type { DialingStatus } from "../../bindings/DialingStatus";
import type { ExplanationView } from "../../bindings/ExplanationView";
import type { Format } from "../../i18n/format";
import { spanWords } from "../retries/sentence";

/** How pressing a reason is: it dials, it waits for something ordinary, a person has to act, it is over. */
export type ReasonTone = "running" | "waiting" | "attention" | "quiet";

const TONE: Record<DialingReason, ReasonTone> = {
  dialing: "running",
  campaign_limit: "running",
  minute_limit: "running",
  trunk_limit: "running",
  ramp_up: "running",
  last_calls: "running",
  in_line: "running",
  direct_call_in_line: "running",
  task_in_progress: "running",
  scheduled: "waiting",
  before_start: "waiting",
  outside_hours: "waiting",
  holiday: "waiting",
  contact_outside_hours: "waiting",
  contact_holiday: "waiting",
  company_limit: "waiting",
  system_limit: "waiting",
  direct_calls_first: "waiting",
  waiting_for_retry: "waiting",
  waiting_for_callback: "waiting",
  waiting_for_turn: "waiting",
  contacts_kept_back: "waiting",
  in_another_call: "waiting",
  number_cap: "waiting",
  number_gap: "waiting",
  paused: "attention",
  after_end: "attention",
  no_worker: "attention",
  line_down: "attention",
  trunk_breaker: "attention",
  campaign_breaker: "attention",
  company_budget: "attention",
  campaign_budget: "attention",
  do_not_call: "attention",
  task_failed: "attention",
  draft: "quiet",
  completed: "quiet",
  cancelled: "quiet",
  task_completed: "quiet",
  task_cancelled: "quiet",
  task_skipped: "quiet",
};

export function reasonTone(reason: DialingReason): ReasonTone {
  return TONE[reason];
}

/** What else holds it back and lasts: a slot that is taken for seconds says nothing beside an hour that is closed. */
export function lasting({ first, also }: ExplanationView): DialingStatus[] {
  return also.filter(({ reason }) => reasonTone(reason) !== "running" || reasonTone(first.reason) === "running");
}

/** A minute is long when the next call is seconds away. */
const NEAR_MS = 5 * 60_000;

export function momentWords(format: Format, at: string, now: number): string {
  return Math.abs(Date.parse(at) - now) < NEAR_MS ? format.clock(at) : format.moment(at, new Date(now));
}

/** Seconds as people wait them: "less than a minute", "2 min", "1 h 5 min". */
export function waitWords(t: TFunction, seconds: number): string {
  return seconds < 60 ? t("span.underMinute") : spanWords(t, Math.round(seconds / 60));
}

export interface Words {
  t: TFunction;
  /** In the zone of the campaign. */
  format: Format;
  now: number;
  /** Of the budgets. */
  currency: string;
}

const MONEY = new Set(["company_budget", "campaign_budget"]);

function figures({ reason, params }: DialingStatus, { t, format, currency }: Words): Record<string, string | number> {
  const amount = (name: string) => {
    const value = params[name];
    if (value === undefined) return "";
    if (MONEY.has(reason)) return format.money({ amount: value, currency });
    return Number.isFinite(Number(value)) ? format.number(Number(value)) : value;
  };
  const { cause, fault, kind, count, waitSeconds } = params;
  return {
    used: amount("used"),
    limit: amount("limit"),
    spent: amount("spent"),
    place: amount("place"),
    count: count === undefined ? 0 : Number(count),
    wait: waitSeconds === undefined ? "" : waitWords(t, Number(waitSeconds)),
    cause: cause === undefined ? "" : t(`breakerCause.${cause}`, { defaultValue: cause }),
    fault: fault === undefined ? "" : t(`errors.line.${fault}`, { defaultValue: fault }),
    kind: kind === undefined ? "" : t(`limitKind.${kind}`, { defaultValue: kind }),
  };
}

/** The reason alone. */
export function reasonWords(sentence: DialingStatus, about: "campaign" | "contact", words: Words): string {
  const { t, format, now } = words;
  const { reason, at, params } = sentence;
  const forms = [at === null ? null : `${reason}_at`, params["waitSeconds"] === undefined ? null : `${reason}_wait`, reason].filter((form) => form !== null);
  const keys = [...(about === "contact" ? forms.map((form) => `why.${form}`) : []), ...forms.map((form) => `dialing.${form}`)];
  return t(keys, { ...figures(sentence, words), at: at === null ? "" : momentWords(format, at, now), defaultValue: reason });
}

/** The reason, and when next where that is later than the reason alone says. */
export function explanationWords({ first, nextAt }: ExplanationView, about: "campaign" | "contact", words: Words): string {
  const sentence = reasonWords(first, about, words);
  if (nextAt === null || nextAt === first.at || Date.parse(nextAt) <= words.now) return sentence;
  return words.t("why.withNext", { sentence, at: momentWords(words.format, nextAt, words.now) });
}
