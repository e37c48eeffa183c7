import { Popover } from "@base-ui/react/popover";
import { CalendarDays } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../Button";
import popup from "../Popup.module.css";
import { tidyTime } from "./checks";
import { describe, Field } from "./Field";
import styles from "./Form.module.css";
import { Month } from "./Month";
import { readDate, showDate } from "./moment";
import type { FieldProps } from "./useForm";

/** A day and a time as they were typed; both empty means none. */
export interface MomentText {
  date: string;
  time: string;
}

const USUAL_TIME = "09:00";

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
                    shownFirst={readDate(value.date)}
                    isChosen={(date) => date === readDate(value.date)}
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
