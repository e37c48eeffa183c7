//  Zones as people say them: a place, its distance from UTC, what its clocks show.
import type { TFunction } from "i18next";

/** `New York`, «Новосибирск». Browsers do not know the cities in Russian, so the catalogue names those near by. */
export function zonePlace(t: TFunction, zone: string): string {
  const city = zone.split("/").at(-1) ?? zone;
  return t(`zonePlace.${city}`, { defaultValue: city.replaceAll("_", " ") });
}

export interface ZoneTime {
  zone: string;
  /** Minutes after midnight there. */
  minutes: number;
  /** `UTC+7`. */
  offset: string;
  /** Minutes ahead of UTC. */
  ahead: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, ZoneTime>();
let knownAt = 0;

/** What the clocks show in a zone. Kept until the time moves on: hundreds of rows ask for the same few zones. */
function timeIn(zone: string, at: number): ZoneTime {
  if (at !== knownAt) known.clear();
  knownAt = at;
  const before = known.get(zone);
  if (before) return before;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "shortOffset" });
  formats.set(zone, format);
  const parts = format.formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const offset = of("timeZoneName").replace("GMT", "UTC").replace(/\+0$/, "");
  const [, sign = "+", hours = "0", rest = "0"] = /([+-])(\d+)(?::(\d+))?/.exec(offset) ?? [];
  const ahead = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(rest));
  const time = { zone, minutes: Number(of("hour")) * 60 + Number(of("minute")), offset, ahead };
  known.set(zone, time);
  return time;
}

/** What the clocks show in all of the zones, from the west to the east. */
export function timesIn(zones: readonly string[], at: number): ZoneTime[] {
  return zones.map((zone) => timeIn(zone, at)).toSorted((a, b) => a.ahead - b.ahead);
}

const MORNING = 8 * 60;
const EVENING = 21 * 60;

/** Nobody wants to be called at this hour there. */
export function isNight({ minutes }: ZoneTime): boolean {
  return minutes < MORNING || minutes >= EVENING;
}
