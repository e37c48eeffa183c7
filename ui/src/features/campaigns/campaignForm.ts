//  The campaign form as it is typed, and the way to the wire and back.
import type { CampaignForm } from "../../bindings/CampaignForm";
import { defaultCampaign } from "../../components/campaign/defaults";
import { Checker, type FieldIssues, fromWall, type MomentText, parseTime, readDate, showDate, toWall } from "../../components/form";

export interface CampaignValues {
  name: string;
  description: string;
  skillbaseId: string;
  callsAtOnce: string;
  callsPerMinute: string;
  maxAttempts: string;
  retryDelayMinutes: string;
  windowOpens: string;
  windowCloses: string;
  weekdays: number[];
  timeZone: string;
  localTime: boolean;
  startsAt: MomentText;
  endsAt: MomentText;
}

const NEVER: MomentText = { date: "", time: "" };

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
    ...form,
    callsAtOnce: String(form.callsAtOnce),
    callsPerMinute: String(form.callsPerMinute),
    maxAttempts: String(form.maxAttempts),
    retryDelayMinutes: String(form.retryDelayMinutes),
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
    .whole("maxAttempts", values.maxAttempts, 0, 10)
    .whole("retryDelayMinutes", values.retryDelayMinutes, 1, 1440)
    .zone("timeZone", values.timeZone);
  const opens = parseTime(values.windowOpens);
  const closes = parseTime(values.windowCloses);
  if (opens === null || opens === 1440) check.add("windowOpens", "time");
  if (closes === null || closes === 0) check.add("windowCloses", "time");
  else if (closes === opens) check.add("windowCloses", "windowEmpty");
  if (values.weekdays.length === 0) check.add("weekdays", "weekdays");
  if (check.issues["timeZone"]) return check.issues;
  const starts = instant(values.startsAt, values.timeZone);
  const ends = instant(values.endsAt, values.timeZone);
  if (starts === undefined) check.add("startsAt", "moment");
  if (ends === undefined) check.add("endsAt", "moment");
  if (starts && ends && Date.parse(ends) <= Date.parse(starts)) check.add("endsAt", "endBeforeStart");
  return check.issues;
}

export function toCampaignForm(values: CampaignValues): CampaignForm {
  return {
    ...values,
    name: values.name.trim(),
    description: values.description.trim(),
    callsAtOnce: Number(values.callsAtOnce),
    callsPerMinute: Number(values.callsPerMinute),
    maxAttempts: Number(values.maxAttempts),
    retryDelayMinutes: Number(values.retryDelayMinutes),
    startsAt: instant(values.startsAt, values.timeZone) ?? null,
    endsAt: instant(values.endsAt, values.timeZone) ?? null,
  };
}
