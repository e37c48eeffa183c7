import "uplot/dist/uPlot.min.css";

import { useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";

import type { MinutePoint } from "../bindings/MinutePoint";
import { useFormat } from "../components/useFormat";
import { ChartFrame } from "./ChartFrame";
import styles from "./Charts.module.css";

const HEIGHT = 168;
const MIN_WIDTH = 240;
/** Width of the figures left of the plot. */
const AXIS = 34;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Canvas knows no CSS variables: the colours are read again whenever the theme changes. */
function useThemeStamp(): string {
  return useSyncExternalStore(
    (listener) => {
      const observer = new MutationObserver(listener);
      observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
      dark.addEventListener("change", listener);
      return () => {
        observer.disconnect();
        dark.removeEventListener("change", listener);
      };
    },
    () => `${document.documentElement.dataset["theme"] ?? "system"}-${dark.matches}`,
  );
}

/** `light-dark()` has to be resolved by an element, not read from the variable's text. */
function resolveColour(host: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const faded = (colour: string, alpha: number) => colour.replace(/^rgb\((.+)\)$/, `rgba($1, ${alpha})`);

interface Hover {
  index: number;
  left: number;
}

interface PlotProps {
  minutes: readonly MinutePoint[];
  label: string;
  onHover: (hover: Hover | null) => void;
}

/** The canvas. Its colours and numbers are fixed when it is made: it is made anew for another theme or language. */
function Plot({ minutes, label, onHover }: PlotProps) {
  const format = useFormat();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const data = useMemo(
    (): uPlot.AlignedData => [
      minutes.map((point) => Date.parse(point.minute) / 1000),
      minutes.map((point) => point.started),
      minutes.map((point) => point.answered),
    ],
    [minutes],
  );

  const make = useEffectEvent((element: HTMLElement) => {
    const colour = (name: string) => resolveColour(element, name);
    const axis = { stroke: colour("--text-soft"), font: `11px ${getComputedStyle(element).fontFamily}`, ticks: { show: false } };
    const grid = { stroke: colour("--line"), width: 1 };
    return new uPlot(
      {
        width: Math.max(MIN_WIDTH, element.clientWidth),
        height: HEIGHT,
        padding: [8, 4, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(4, Math.ceil(max * 1.15))] } },
        axes: [
          { ...axis, grid: { show: false }, size: 28, space: 80, values: (_, ticks) => ticks.map((tick) => format.time(new Date(tick * 1000).toISOString())) },
          { ...axis, grid, size: AXIS, space: 36, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? format.number(tick) : "")) },
        ],
        series: [
          {},
          { stroke: colour("--series-1"), width: 2, fill: faded(colour("--series-1"), 0.1), points: { show: false } },
          { stroke: colour("--series-2"), width: 2, points: { show: false } },
        ],
        hooks: {
          setCursor: [({ cursor }) => onHover(cursor.idx == null ? null : { index: cursor.idx, left: (cursor.left ?? 0) + AXIS })],
        },
      },
      data,
      element,
    );
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = make(element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: Math.max(MIN_WIDTH, element.clientWidth), height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [data]);
  return <div ref={host} role="img" aria-label={label} />;
}

/** Calls started and answered per minute over the last hour. */
export function MinutesChart({ minutes }: { minutes: readonly MinutePoint[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const theme = useThemeStamp();
  const [hover, setHover] = useState<Hover | null>(null);
  const started = minutes.reduce((sum, point) => sum + point.started, 0);
  const answered = minutes.reduce((sum, point) => sum + point.answered, 0);
  const shown = hover ? minutes[hover.index] : undefined;
  return (
    <ChartFrame
      live
      testid="chart-minutes"
      title={started === 0 ? t("chart.minutes.none") : t("chart.minutes.title", { started: format.number(started), answered: format.number(answered), share: format.percent(answered / started) })}
      note={t("chart.minutes.note")}
      table={{
        head: [t("chart.minutes.minute"), t("chart.minutes.started"), t("chart.minutes.answered")],
        rows: minutes.map((point) => [format.time(point.minute), String(point.started), String(point.answered)]),
      }}
    >
      <div className={styles.plot}>
        <Plot key={`${theme}-${format.language}`} minutes={minutes} label={t("chart.minutes.summary", { started, answered })} onHover={setHover} />
        <div className={styles.keys} aria-hidden>
          <span data-series="1">{t("chart.minutes.started")}</span>
          <span data-series="2">{t("chart.minutes.answered")}</span>
        </div>
        {shown && hover ? (
          <div className={styles.hover} style={{ left: hover.left }}>
            <strong>{format.time(shown.minute)}</strong>
            <span>{t("chart.minutes.startedCount", { count: shown.started })}</span>
            <span>{t("chart.minutes.answeredCount", { count: shown.answered })}</span>
          </div>
        ) : null}
      </div>
    </ChartFrame>
  );
}
