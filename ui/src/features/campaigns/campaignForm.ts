//  The campaign form as it is typed, and the way to the wire and back.
import { IpcError, toIpcError } from "../../api";
import type { CampaignForm } from "../../bindings/CampaignForm";
import { defaultCampaign } from "../../components/campaign/defaults";
import { Checker, type FieldIssues, fromWall, issuesFromHost, type MomentText, parseTime, readDate, showDate, toWall } from "../../components/form";
import { checkHours } from "../../components/hours/HoursField";
import type { SpanText } from "../../components/hours/spans";
import { fromWire, issuePath, toWire } from "../../components/hours/wire";
import { checkRules, fromTable, ruleIssuePath, type RuleText, toTable } from "../../components/retries/rules";

export interface CampaignValues {
  name: string;
  description: string;
  skillbaseId: string;
  callsAtOnce: string;
  callsPerMinute: string;
  weight: string;
  spread: CampaignForm["spread"];
  /** Empty: none. */
  dailyBudget: string;
  /** Empty: all at once. */
  rampUpFrom: string;
  maxAttempts: string;
  retryDelayMinutes: string;
  retries: RuleText[];
  hours: SpanText[];
  closedDays: string[];
  timeZone: string;
  localTime: boolean;
  startsAt: MomentText;
  endsAt: MomentText;
}

const NEVER: MomentText = { date: "", time: "" };
export const MAX_BUDGET = 1_000_000_000;
const MAX_CLOSED_DAYS = 366;

export function newCampaignValues(timeZone: string, skillbaseId: string): CampaignValues {
  return campaignValues(defaultCampaign("", skillbaseId, timeZone));
}

function momentText(instant: string | null, zone: string): MomentText {
  if (instant === null) return NEVER;
  const { date, time } = toWall(instant, zone);
  return { date: showDate(date), time };
}

export function campaignValues(form: CampaignForm): CampaignValues {
  return {
    name: form.name,
    description: form.description,
    skillbaseId: form.skillbaseId,
    callsAtOnce: String(form.callsAtOnce),
    callsPerMinute: String(form.callsPerMinute),
    weight: String(form.weight),
    spread: form.spread,
    dailyBudget: form.dailyBudget ?? "",
    rampUpFrom: form.rampUpFrom === null ? "" : String(form.rampUpFrom),
    maxAttempts: String(form.maxAttempts),
    retryDelayMinutes: String(form.retryDelayMinutes),
    retries: fromTable(form.retries),
    hours: fromWire(form.hours),
    closedDays: form.closedDays.toSorted(),
    timeZone: form.timeZone,
    localTime: form.localTime,
    startsAt: momentText(form.startsAt, form.timeZone),
    endsAt: momentText(form.endsAt, form.timeZone),
  };
}

const isNever = ({ date, time }: MomentText) => date.trim() === "" && time.trim() === "";

/** The instant, none for "never", and `undefined` for what is no time. */
function instant(text: MomentText, zone: string): string | null | undefined {
  if (isNever(text)) return null;
  const date = readDate(text.date);
  const minutes = parseTime(text.time);
  if (date === null || minutes === null || minutes === 1440) return undefined;
  return fromWall({ date, time: text.time }, zone);
}

export function checkCampaign(values: CampaignValues): FieldIssues {
  const check = new Checker()
    .text("name", values.name, 1, 255)
    .text("description", values.description, 0, 2000)
    .text("skillbaseId", values.skillbaseId, 1, 255)
    .whole("callsAtOnce", values.callsAtOnce, 1, 100)
    .whole("callsPerMinute", values.callsPerMinute, 1, 100)
    .whole("weight", values.weight, 1, 100)
    .whole("maxAttempts", values.maxAttempts, 0, 10)
    .whole("retryDelayMinutes", values.retryDelayMinutes, 1, 1440)
    .zone("timeZone", values.timeZone);
  if (values.rampUpFrom.trim() !== "") check.whole("rampUpFrom", values.rampUpFrom, 1, 100);
  check.budget("dailyBudget", values.dailyBudget, MAX_BUDGET);
  checkRules(values.retries, check);
  checkHours(values.hours, (field, code, params) => check.add(field, code, params));
  if (values.closedDays.length > MAX_CLOSED_DAYS) check.add("closedDays", "tooMany", { max: String(MAX_CLOSED_DAYS) });
  if (check.issues["timeZone"]) return check.issues;
  const starts = instant(values.startsAt, values.timeZone);
  const ends = instant(values.endsAt, values.timeZone);
  if (starts === undefined) check.add("startsAt", "moment");
  if (ends === undefined) check.add("endsAt", "moment");
  if (starts && ends && Date.parse(ends) <= Date.parse(starts)) check.add("endsAt", "endBeforeStart");
  return check.issues;
}

/** The wire wants a point; people type either. */
export const amountText = (text: string): string | null => (text.trim() === "" ? null : text.replaceAll(/\s/g, "").replace(",", "."));

export function toCampaignForm(values: CampaignValues): CampaignForm {
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    skillbaseId: values.skillbaseId,
    callsAtOnce: Number(values.callsAtOnce),
    callsPerMinute: Number(values.callsPerMinute),
    weight: Number(values.weight),
    spread: values.spread,
    dailyBudget: amountText(values.dailyBudget),
    rampUpFrom: values.rampUpFrom.trim() === "" ? null : Number(values.rampUpFrom),
    maxAttempts: Number(values.maxAttempts),
    retryDelayMinutes: Number(values.retryDelayMinutes),
    retries: toTable(values.retries),
    hours: toWire(values.hours),
    closedDays: values.closedDays,
    timeZone: values.timeZone,
    localTime: values.localTime,
    startsAt: instant(values.startsAt, values.timeZone) ?? null,
    endsAt: instant(values.endsAt, values.timeZone) ?? null,
  };
}

/** Sends the form. The host names hours and retries as they were sent; its refusals come back at the fields of the form. */
export async function sendCampaign<T>(values: CampaignValues, send: (form: CampaignForm) => Promise<T>): Promise<T> {
  try {
    return await send(toCampaignForm(values));
  } catch (thrown) {
    const error = toIpcError(thrown);
    const fields = Object.entries(issuesFromHost(error.fields)).flatMap(([field, issue]) => (field.startsWith("closedDays.") ? ["closedDays"] : issuePath(ruleIssuePath(field, values.retries), values.hours)).map((name) => ({ field: name, ...issue })));
    throw new IpcError({ code: error.code, message: error.message, params: error.params, fields, retryable: error.retryable, incident: error.incident }, { cause: error });
  }
}
