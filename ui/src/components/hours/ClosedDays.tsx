import { CalendarOff, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { HolidayForm } from "../../bindings/HolidayForm";
import { IconButton } from "../Button";
import { IssueText, Month } from "../form";
import type { FieldIssue } from "../form/checks";
import { toWall } from "../form/moment";
import form from "../form/Form.module.css";
import { useFormat } from "../useFormat";
import { datesOf, type DateRange, namedRanges, ranges, toggledDate } from "./dates";
import styles from "./Hours.module.css";

interface Props {
  name: string;
  value: readonly string[];
  onChange: (value: string[]) => void;
  issue: FieldIssue | undefined;
  zone: string;
  /** Dates that are closed by somebody else, shown beside the own ones. */
  holidays?: readonly HolidayForm[];
  /** Stands below the list, for example where the holidays are changed. */
  foot?: ReactNode;
  empty: string;
  disabled?: boolean;
}

/** Dates on which nobody is called: a calendar to press, and what is closed as a list. */
export function ClosedDays({ name, value, onChange, issue, zone, holidays = [], foot, empty, disabled = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat("UTC");
  const [today] = useState(() => toWall(new Date().toISOString(), zone).date);
  const names = useMemo(() => new Map(holidays.map((holiday) => [holiday.date, holiday.name])), [holidays]);
  const nameOf = (date: string) => names.get(date)?.trim() || t("hours.closed.holiday");
  const own = ranges(value.filter((date) => date >= today));
  const past = value.length - value.filter((date) => date >= today).length;
  const theirs = useMemo(() => namedRanges(holidays.filter(({ date }) => date >= today)), [holidays, today]);
  const words = ({ from, to, count }: DateRange) => (count === 1 ? format.dayLong(from) : t("hours.closed.range", { from: format.dayMonth(from), to: format.dayMonth(to) }));
  return (
    <div className={styles.closed} data-field={name} data-testid={`field-${name}`} data-state={value.length}>
      <div className={styles.month} role="group" aria-label={t("hours.closed.calendar")}>
        <Month shownFirst={today} isChosen={(date) => value.includes(date)} mark={(date) => (names.has(date) ? nameOf(date) : undefined)} onChoose={(date) => onChange(toggledDate(value, date))} disabled={disabled} />
      </div>
      <div className={styles.dates}>
        {own.length === 0 && theirs.length === 0 ? <p className={styles.soft}>{empty}</p> : null}
        <ul>
          {own.map((range) => (
            <li key={range.from} data-testid="closed-range">
              <CalendarOff aria-hidden />
              <span data-numeric="">{words(range)}</span>
              {disabled ? null : <IconButton label={t("hours.closed.remove", { date: words(range) })} size="small" icon={<X />} onClick={() => onChange(value.filter((date) => !datesOf(range).includes(date)))} />}
            </li>
          ))}
          {theirs.map((range) => (
            <li key={range.from} data-theirs="" data-testid="holiday-range">
              <CalendarOff aria-hidden />
              <span data-numeric="">{words(range)}</span>
              <small>{nameOf(range.from)}</small>
            </li>
          ))}
        </ul>
        {past > 0 ? <p className={styles.soft}>{t("hours.closed.past", { count: past })}</p> : null}
        {issue ? (
          <p className={form.error} data-testid={`error-${name}`} data-code={issue.code}>
            <span>
              <IssueText issue={issue} />
            </span>
          </p>
        ) : null}
        {foot}
      </div>
    </div>
  );
}
