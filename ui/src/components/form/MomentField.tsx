import { Popover } from "@base-ui/react/popover";
import { CalendarDays, ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { LOCALES } from "../../i18n";
import { IconButton } from "../Button";
import popup from "../Popup.module.css";
import { useFormat } from "../useFormat";
import { tidyTime } from "./checks";
import { describe, Field } from "./Field";
import styles from "./Form.module.css";
import { readDate, showDate, toWall } from "./moment";
import { systemZone } from "./places";
import type { FieldProps } from "./useForm";

/** A day and a time as they were typed; both empty means none. */
export interface MomentText {
  date: string;
  time: string;
}

const USUAL_TIME = "09:00";

const iso = (date: Date) => date.toISOString().slice(0, 10);

function Month({ chosen, onChoose }: { chosen: string | null; onChoose: (date: string) => void }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const [today] = useState(() => toWall(new Date().toISOString(), systemZone()).date);
  const [shown, setShown] = useState((chosen ?? today).slice(0, 7));
  const first = new Date(`${shown}-01T00:00:00Z`);
  const lead = (first.getUTCDay() + 6) % 7;
  const days = Array.from({ length: 42 }, (_, index) => new Date(first.getTime() + (index - lead) * 86_400_000));
  const turn = (months: number) => {
    const next = new Date(first);
    next.setUTCMonth(next.getUTCMonth() + months);
    setShown(iso(next).slice(0, 7));
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
      <div className={styles.calendarGrid}>
        {[1, 2, 3, 4, 5, 6, 7].map((day) => (
          <span key={day}>{t(`weekday.short.${day}`)}</span>
        ))}
        {days.map((day) => (
          <button
            key={iso(day)}
            type="button"
            aria-label={long.format(day)}
            aria-pressed={iso(day) === chosen}
            data-outside={iso(day).startsWith(shown) ? undefined : ""}
            data-today={iso(day) === today ? "" : undefined}
            onClick={() => onChoose(iso(day))}
          >
            {day.getUTCDate()}
          </button>
        ))}
      </div>
    </>
  );
}

export function MomentField({ label, help, issue, value, onChange, onBlur, id, name, disabled = false }: FieldProps<MomentText> & { label: string; help?: string; disabled?: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  // The usual hour comes with the day, not when the field is left: by then somebody may be typing the time.
  const typeDate = (date: string) => onChange({ date, time: value.time === "" && readDate(date) !== null ? USUAL_TIME : value.time });
  const leaveDate = () => {
    const date = readDate(value.date);
    if (date) onChange({ ...value, date: showDate(date) });
    onBlur();
  };
  return (
    <Field id={id} name={name} label={label} help={help} issue={issue}>
      <div className={styles.moment}>
        <div>
          <input
            id={id}
            className={styles.input}
            value={value.date}
            disabled={disabled}
            placeholder={t("calendar.placeholder")}
            autoComplete="off"
            data-numeric=""
            data-testid={`field-${name}-date`}
            {...describe(id, issue, help)}
            onChange={(event) => typeDate(event.target.value)}
            onBlur={leaveDate}
          />
          <Popover.Root open={open} onOpenChange={setOpen}>
            <Popover.Trigger
              disabled={disabled}
              render={<IconButton label={t("calendar.open")} size="small" icon={<CalendarDays />} className={styles.calendarButton} />}
            />
            <Popover.Portal>
              <Popover.Positioner className={popup.positioner} sideOffset={4} align="start">
                <Popover.Popup className={`${popup.popup} ${styles.calendar}`} aria-label={label}>
                  <Month
                    chosen={readDate(value.date)}
                    onChoose={(date) => {
                      typeDate(showDate(date));
                      setOpen(false);
                    }}
                  />
                </Popover.Popup>
              </Popover.Positioner>
            </Popover.Portal>
          </Popover.Root>
        </div>
        <input
          className={styles.input}
          aria-label={t("calendar.time", { label })}
          value={value.time}
          disabled={disabled}
          placeholder="00:00"
          autoComplete="off"
          data-numeric=""
          data-testid={`field-${name}-time`}
          onChange={(event) => onChange({ ...value, time: event.target.value })}
          onBlur={() => {
            if (value.time !== "") onChange({ ...value, time: tidyTime(value.time) });
            onBlur();
          }}
        />
      </div>
    </Field>
  );
}
