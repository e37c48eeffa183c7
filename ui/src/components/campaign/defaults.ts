import type { CampaignForm } from "../../bindings/CampaignForm";

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
    windowOpens: "09:00",
    windowCloses: "21:00",
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    timeZone,
    localTime: false,
    startsAt: null,
    endsAt: null,
  };
}
