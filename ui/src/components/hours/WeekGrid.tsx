import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Hours.module.css";
import { added, clockText, DAY, moved, type Piece, pieces, type Span, STEP, stretched, suggested, WEEKDAYS } from "./spans";

/** What is under the pointer or has the focus: a span, or a day without one. */
export interface Spot {
  weekday: number;
  index: number | null;
}

interface Props {
  spans: readonly (Span | null)[];
  /** Spans whose times are refused. */
  wrong: ReadonlySet<number>;
  spot: Spot;
  onSpot: (spot: Spot) => void;
  /** The spans as they are to be, by their places in the list; a new one is last. */
  onSpans: (spans: Span[]) => void;
  onRemove: (index: number) => void;
  /** Days of this week that are closed, by weekday, with the reason. */
  closed: ReadonlyMap<number, string>;
  disabled: boolean;
  label: string;
}

type Drag = { kind: "move"; index: number; grabbed: number } | { kind: "from" | "to"; index: number } | { kind: "new"; weekday: number; at: number };

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];
const percent = (minutes: number) => `${(minutes / DAY) * 100}%`;
const snap = (minutes: number) => Math.round(minutes / STEP) * STEP;

/** Seven rows of a day each. Dragging over what is empty makes hours; dragging hours or their edges moves them. */
export function WeekGrid({ spans, wrong, spot, onSpot, onSpans, onRemove, closed, disabled, label }: Props) {
  const { t } = useTranslation();
  const grid = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const moveFocus = useRef(false);
  const [dragged, setDragged] = useState<number | null>(null);
  // While a time is half typed its span is drawn nowhere, and the mouse must not write over it.
  const whole = spans.every((span) => span !== null);
  const known = spans.filter((span) => span !== null);
  const editable = whole && !disabled;

  useEffect(() => {
    if (!moveFocus.current) return;
    moveFocus.current = false;
    grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  });

  const minuteAt = (event: PointerEvent<HTMLElement>): number => {
    const track = event.currentTarget.closest<HTMLElement>("[data-track]");
    const box = (track ?? event.currentTarget).getBoundingClientRect();
    return Math.max(0, Math.min(DAY, snap(((event.clientX - box.left) / box.width) * DAY)));
  };
  const take = (event: PointerEvent<HTMLElement>, next: Drag) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = next;
    setDragged("index" in next ? next.index : null);
    event.stopPropagation();
  };
  const down = (event: PointerEvent<HTMLElement>, weekday: number, piece: Piece | null, part: "move" | "from" | "to") => {
    if (event.button !== 0) return;
    onSpot({ weekday: piece ? (spans[piece.index]?.weekday ?? weekday) : weekday, index: piece?.index ?? null });
    if (!editable) return;
    if (!piece) take(event, { kind: "new", weekday, at: minuteAt(event) });
    else if (part === "move") take(event, { kind: "move", index: piece.index, grabbed: minuteAt(event) - (piece.rest ? piece.from - DAY : (known[piece.index]?.from ?? 0)) });
    else take(event, { kind: part, index: piece.index });
  };
  const move = (event: PointerEvent<HTMLElement>, piece: Piece | null) => {
    const now = drag.current;
    if (!now) return;
    const minute = minuteAt(event);
    if (now.kind === "new") {
      if (Math.abs(minute - now.at) < STEP) return;
      const grown = added(known, now.weekday, Math.min(minute, now.at), Math.max(minute, now.at));
      if (!grown) return;
      onSpans(grown);
      const index = grown.length - 1;
      drag.current = { kind: minute > now.at ? "to" : "from", index };
      setDragged(index);
      onSpot({ weekday: now.weekday, index });
    } else if (now.kind === "move") onSpans(moved(known, now.index, minute - now.grabbed));
    // Drawn on the row of the next day, an end is that of the next day.
    else onSpans(stretched(known, now.index, now.kind, now.kind === "to" && piece?.rest === true ? minute + DAY : minute));
  };
  const up = () => {
    drag.current = null;
    setDragged(null);
  };

  const go = (weekday: number, index: number | null) => {
    moveFocus.current = true;
    onSpot({ weekday, index });
  };
  const neighbour = (by: 1 | -1) => {
    const day = WEEKDAYS.find((one) => one === spot.weekday + by);
    if (day) go(day, pieces(spans, day).find(({ rest }) => !rest)?.index ?? null);
  };
  const sideways = (by: 1 | -1) => {
    const own = pieces(spans, spot.weekday).filter(({ rest }) => !rest);
    const next = own[own.findIndex(({ index }) => index === spot.index) + by];
    if (next) go(spot.weekday, next.index);
  };
  const onKey = (event: KeyboardEvent) => {
    const span = spot.index === null ? null : spans[spot.index];
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.code] as 1 | -1 | undefined;
    const step = (event.ctrlKey || event.metaKey ? 60 : STEP) * (way ?? 1);
    if (event.code === "ArrowDown") neighbour(1);
    else if (event.code === "ArrowUp") neighbour(-1);
    else if (event.code === "PageDown") sideways(1);
    else if (event.code === "PageUp") sideways(-1);
    else if (way && span && spot.index !== null && editable) {
      if (event.shiftKey) onSpans(stretched(known, spot.index, "to", span.to + step));
      else if (event.altKey) onSpans(stretched(known, spot.index, "from", span.from + step));
      else onSpans(moved(known, spot.index, span.from + step));
    } else if ((event.code === "Delete" || event.code === "Backspace") && spot.index !== null && editable) {
      moveFocus.current = true;
      onRemove(spot.index);
    } else if ((event.code === "Insert" || (event.code === "Enter" && spot.index === null)) && editable) {
      const made = suggested(known, spot.weekday);
      if (made) {
        onSpans([...known, made]);
        go(spot.weekday, known.length);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const name = (span: Span | null | undefined) => (span ? t("hours.spanLabel", { day: t(`weekday.long.${span.weekday}`), from: clockText(span.from), to: clockText(span.to) }) : "");
  return (
    <div className={styles.grid} ref={grid} role="grid" aria-label={label} aria-describedby="hours-keys" data-testid="hours-grid" data-disabled={disabled || undefined} onKeyDown={onKey}>
      <div className={styles.axis} aria-hidden>
        {HOURS.map((hour) => (
          <span key={hour} style={{ left: percent(hour * 60) }}>
            {hour}
          </span>
        ))}
      </div>
      {WEEKDAYS.map((weekday) => {
        const reason = closed.get(weekday);
        const here = spot.weekday === weekday;
        return (
          <div key={weekday} role="row" className={styles.row} data-here={here || undefined} data-testid={`hours-day-${weekday}`}>
            <div role="rowheader" className={styles.day}>
              <button type="button" tabIndex={here && spot.index === null ? 0 : -1} onClick={() => onSpot({ weekday, index: null })} aria-label={t(`weekday.long.${weekday}`)} data-short={t(`weekday.short.${weekday}`)} />
            </div>
            <div role="gridcell" className={styles.track} data-track="" title={reason} data-closed={reason === undefined ? undefined : ""} onPointerDown={(event) => down(event, weekday, null, "move")} onPointerMove={(event) => move(event, null)} onPointerUp={up} onPointerCancel={up}>
              {reason === undefined ? null : <em>{reason}</em>}
              {pieces(spans, weekday).map((piece) => {
                const span = spans[piece.index];
                const chosen = spot.index === piece.index;
                const edge = (part: "from" | "to") => (
                  <i data-edge={part} aria-hidden onPointerDown={(event) => down(event, weekday, piece, part)} onPointerMove={(event) => move(event, piece)} onPointerUp={up} onPointerCancel={up} />
                );
                return (
                  <button
                    key={`${piece.index}${piece.rest ? "r" : ""}`}
                    type="button"
                    className={styles.span}
                    style={{ left: percent(piece.from), width: percent(piece.to - piece.from) }}
                    tabIndex={chosen && !piece.rest ? 0 : -1}
                    aria-label={name(span)}
                    aria-hidden={piece.rest || undefined}
                    data-testid={piece.rest ? "hours-rest" : "hours-span"}
                    data-rest={piece.rest || undefined}
                    data-on={piece.goesOn || undefined}
                    data-chosen={chosen || undefined}
                    data-dragged={dragged === piece.index || undefined}
                    data-wrong={wrong.has(piece.index) || undefined}
                    onFocus={() => (piece.rest || spot.index === piece.index ? undefined : onSpot({ weekday: span?.weekday ?? weekday, index: piece.index }))}
                    onPointerDown={(event) => down(event, weekday, piece, "move")}
                    onPointerMove={(event) => move(event, piece)}
                    onPointerUp={up}
                    onPointerCancel={up}
                  >
                    {piece.rest ? null : edge("from")}
                    <span data-short={piece.to - piece.from >= 150 && span ? `${clockText(span.from)}–${clockText(span.to)}` : ""} />
                    {piece.goesOn ? null : edge("to")}
                  </button>
                );
              })}
            </div>
          </div>
        );
      })}
    </div>
  );
}
