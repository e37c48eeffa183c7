import { CircleDot, Clock, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useLiveNow } from "../../api";
import { isZone } from "../form/checks";
import { toWall } from "../form/moment";
import { useFormat } from "../useFormat";
import styles from "./Hours.module.css";
import { openingAt } from "./opening";
import { readSpan, type SpanText } from "./spans";

/** Whether it is open now and until when, or when it opens next, by the clocks of the zone. */
export function OpeningSentence({ hours, closed, zone }: { hours: readonly SpanText[]; closed: readonly string[]; zone: string }) {
  const { t } = useTranslation();
  const known = isZone(zone);
  const format = useFormat(known ? zone : "UTC");
  const now = useLiveNow(30_000);
  const opening = useMemo(() => {
    const spans = hours.map(readSpan);
    const whole = spans.filter((span) => span !== null);
    return known && whole.length === spans.length ? openingAt(whole, new Set(closed), zone, now) : null;
  }, [hours, closed, zone, known, now]);
  if (opening === null) return null;
  const today = (at: string) => toWall(at, zone).date === toWall(new Date(now).toISOString(), zone).date;
  const Icon = { open: CircleDot, closed: Clock, never: TriangleAlert }[opening.state];
  const words =
    opening.state === "never"
      ? t("hours.never")
      : opening.state === "open"
        ? opening.until === null
          ? t("hours.openAlways")
          : t("hours.openUntil", { at: today(opening.until) ? format.time(opening.until) : format.dayTime(opening.until) })
        : today(opening.at)
          ? t("hours.opensToday", { at: format.time(opening.at) })
          : t("hours.opensAt", { at: format.dayTime(opening.at) });
  return (
    <p className={styles.opening} data-testid="opening" data-state={opening.state} role="status">
      <Icon aria-hidden />
      <span>
        {words}
        {opening.state === "closed" && opening.skipped > 0 ? ` ${t("hours.skipped", { count: opening.skipped })}` : null}
      </span>
    </p>
  );
}
