import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { toWall } from "../components/form/moment";
import { useFormat } from "../components/useFormat";
import { ChartFrame } from "./ChartFrame";
import styles from "./Charts.module.css";

export interface HourPoint {
  /** When the hour begins. */
  at: string;
  calls: number;
}

/** More bars than these would be thinner than a hair; hours are then put together. */
const MOST_BARS = 96;
const GROUPS = [1, 2, 3, 6, 12, 24];

/** Hours put together until they fit; each group begins with its first hour. */
export function grouped(hours: readonly HourPoint[], most = MOST_BARS): { points: HourPoint[]; hours: number } {
  const size = GROUPS.find((one) => Math.ceil(hours.length / one) <= most) ?? 24;
  const points: HourPoint[] = [];
  hours.forEach(({ at, calls }, index) => {
    const last = points.at(-1);
    if (last && index % size !== 0) last.calls += calls;
    else points.push({ at, calls });
  });
  return { points, hours: size };
}

/** How many calls are expected in each hour, by the clocks of the zone. */
export function HoursChart({ hours, zone, note }: { hours: readonly HourPoint[]; zone: string; note?: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const [over, setOver] = useState<number | null>(null);
  const { points, size, days } = useMemo(() => {
    const { points: bars, hours: width } = grouped(hours);
    return { points: bars, size: width, days: bars.map(({ at }) => toWall(at, zone).date) };
  }, [hours, zone]);
  const top = Math.max(1, ...points.map(({ calls }) => calls));
  const peak = points.reduce<HourPoint | null>((best, point) => (best === null || point.calls > best.calls ? point : best), null);
  const total = points.reduce((sum, { calls }) => sum + calls, 0);
  const name = (at: string) => (size >= 24 ? format.dayLong(at) : format.dayTime(at));
  const shown = over === null ? undefined : points[over];
  const few = points.length <= 36;
  return (
    <ChartFrame
      testid="chart-hours"
      title={peak && total > 0 ? t(size === 1 ? "chart.hours.title" : "chart.hours.titleWide", { at: name(peak.at), count: peak.calls, hours: size }) : t("chart.hours.none")}
      {...(note ? { note } : {})}
      table={{ head: [t("chart.hours.hour"), t("chart.hours.calls")], rows: points.map(({ at, calls }) => [name(at), format.number(calls)]) }}
    >
      <div className={styles.hours} role="img" aria-label={t("chart.hours.summary", { count: total, hours: points.length })}>
        <div className={styles.hourBars} onMouseLeave={() => setOver(null)}>
          {points.map(({ at, calls }, index) => (
            <span key={at} data-day={index > 0 && days[index] !== days[index - 1] ? "" : undefined} data-over={over === index || undefined} onMouseEnter={() => setOver(index)}>
              <i style={{ height: `${(calls / top) * 100}%` }} data-zero={calls === 0 || undefined} />
            </span>
          ))}
        </div>
        <div className={styles.hourAxis} aria-hidden>
          {points.map(({ at }, index) => {
            const newDay = index === 0 || days[index] !== days[index - 1];
            const clock = toWall(at, zone).time.slice(0, 2);
            return <span key={at}>{newDay && !few ? <b>{format.dayShort(at)}</b> : few && Number(clock) % 3 === 0 ? clock : null}</span>;
          })}
        </div>
        {shown ? (
          <div className={styles.hourHover} style={{ left: `${(((over ?? 0) + 0.5) / points.length) * 100}%` }} data-edge={(over ?? 0) / points.length > 0.8 ? "right" : (over ?? 0) / points.length < 0.2 ? "left" : undefined}>
            <strong>{name(shown.at)}</strong>
            <span>{t("count.calls", { count: shown.calls })}</span>
          </div>
        ) : null}
      </div>
    </ChartFrame>
  );
}
