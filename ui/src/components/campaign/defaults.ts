import type { CampaignForm } from "../../bindings/CampaignForm";
import { PRESETS } from "../hours/presets";
import { toWire } from "../hours/wire";
import { presetRules, toTable } from "../retries/rules";

/** What a new campaign starts with; the numbers are the host's own defaults. */
export function defaultCampaign(name: string, skillbaseId: string, timeZone: string): CampaignForm {
  return {
    name,
    description: "",
    skillbaseId,
    callsAtOnce: 5,
    callsPerMinute: 10,
    maxAttempts: 3,
    retryDelayMinutes: 30,
    retries: toTable(presetRules("recommended")),
    weight: 10,
    spread: "fast",
    dailyBudget: null,
    rampUpFrom: null,
    hours: toWire(PRESETS.everyDay),
    closedDays: [],
    timeZone,
    localTime: false,
    startsAt: null,
    endsAt: null,
  };
}
