import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { LOCALES } from "../../i18n";
import { IconButton } from "../Button";
import { useFormat } from "../useFormat";
import styles from "./Form.module.css";
import { toWall } from "./moment";
import { systemZone } from "./places";

const iso = (date: Date) => date.toISOString().slice(0, 10);
const DAY_MS = 86_400_000;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

interface Props {
  /** The month that is shown first is that of this date; none: that of today. */
  shownFirst: string | null;
  isChosen: (date: string) => boolean;
  /** What is special about a date, said and drawn beside it. */
  mark?: (date: string) => string | undefined;
  onChoose: (date: string) => void;
  disabled?: boolean;
}

/** A month of the calendar, Monday first; arrows move from day to day. */
export function Month({ shownFirst, isChosen, mark, onChoose, disabled = false }: Props) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const grid = useRef<HTMLDivElement>(null);
  const [today] = useState(() => toWall(new Date().toISOString(), systemZone()).date);
  const [shown, setShown] = useState((shownFirst ?? today).slice(0, 7));
  const first = new Date(`${shown}-01T00:00:00Z`);
  const lead = (first.getUTCDay() + 6) % 7;
  const days = Array.from({ length: 42 }, (_, index) => new Date(first.getTime() + (index - lead) * DAY_MS));
  const turn = (months: number) => {
    const next = new Date(first);
    next.setUTCMonth(next.getUTCMonth() + months);
    setShown(iso(next).slice(0, 7));
  };
  const onKey = (event: KeyboardEvent, day: Date) => {
    const step = STEPS[event.code];
    if (step === undefined) return;
    event.preventDefault();
    const to = iso(new Date(day.getTime() + step * DAY_MS));
    setShown(to.slice(0, 7));
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-date="${to}"]`)?.focus());
  };
  const title = new Intl.DateTimeFormat(LOCALES[language], { month: "long", year: "numeric", timeZone: "UTC" }).format(first);
  const long = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "full", timeZone: "UTC" });
  return (
    <>
      <div className={styles.calendarHead}>
        <IconButton label={t("calendar.before")} size="small" icon={<ChevronLeft />} onClick={() => turn(-1)} />
        <span aria-live="polite">{title}</span>
        <IconButton label={t("calendar.after")} size="small" icon={<ChevronRight />} onClick={() => turn(1)} />
      </div>
      <div className={styles.calendarGrid} ref={grid}>
        {[1, 2, 3, 4, 5, 6, 7].map((day) => (
          <span key={day}>{t(`weekday.short.${day}`)}</span>
        ))}
        {days.map((day) => {
          const date = iso(day);
          const special = mark?.(date);
          return (
            <button
              key={date}
              type="button"
              aria-label={special === undefined ? long.format(day) : `${long.format(day)}, ${special}`}
              aria-pressed={isChosen(date)}
              title={special}
              disabled={disabled}
              data-date={date}
              data-marked={special === undefined ? undefined : ""}
              data-outside={date.startsWith(shown) ? undefined : ""}
              data-today={date === today ? "" : undefined}
              onClick={() => onChoose(date)}
              onKeyDown={(event) => onKey(event, day)}
            >
              {day.getUTCDate()}
            </button>
          );
        })}
      </div>
    </>
  );
}
