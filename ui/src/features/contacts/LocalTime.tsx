import { Moon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLiveNow } from "../../api";
import type { ContactView } from "../../bindings/ContactView";
import { None, TwoLines } from "../../table/Cells";
import styles from "./Contacts.module.css";
import { isNight, timesIn, type ZoneTime, zonePlace } from "./zones";

const clock = ({ minutes }: ZoneTime) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** What the clock shows where the contact is; a range where that may be several zones. */
function useLocalTime({ zones }: Pick<ContactView, "zones">) {
  const { t } = useTranslation();
  const now = useLiveNow(30_000);
  const times = timesIn(zones, now);
  const [first, last] = [times[0], times.at(-1)];
  if (!first || !last) return null;
  return {
    text: clock(first) === clock(last) ? clock(first) : `${clock(first)}–${clock(last)}`,
    place: times.length === 1 ? `${zonePlace(t, first.zone)}, ${first.offset}` : t("contacts.zones", { count: times.length }),
    night: times.some(isNight),
    names: times.map(({ zone, offset }) => `${zonePlace(t, zone)} (${offset})`).join(", "),
  };
}

function Clock({ text, night }: { text: string; night: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={styles.clock} data-night={night || undefined}>
      {text}
      {night ? <Moon aria-label={t("contacts.night")} /> : null}
    </span>
  );
}

export function LocalTimeCell({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const time = useLocalTime(contact);
  if (!time) return <None />;
  return (
    <div title={`${time.names}, ${t(`zoneSource.${contact.zoneSource}`)}`}>
      <TwoLines first={<Clock text={time.text} night={time.night} />} second={time.place} />
    </div>
  );
}

/** The time there, the place, and which rule says so. */
export function LocalTimeFact({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const time = useLocalTime(contact);
  if (!time) return <p>{t("contacts.noZone")}</p>;
  return (
    <>
      <p>
        <Clock text={time.text} night={time.night} /> {t("contacts.thereNow")}
      </p>
      <p className={styles.soft}>{t("contacts.where", { places: time.names, source: t(`zoneSource.${contact.zoneSource}`) })}</p>
    </>
  );
}
