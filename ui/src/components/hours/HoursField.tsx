import { ChevronDown, CircleAlert, Copy, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../Button";
import { parseTime, tidyTime } from "../form/checks";
import type { FieldIssue } from "../form/checks";
import { IssueText } from "../form/Field";
import form from "../form/Form.module.css";
import { Menu } from "../Menu";
import { useFormat } from "../useFormat";
import styles from "./Hours.module.css";
import { presetOf, PRESETS, type Preset } from "./presets";
import { clockText, copied, minutesOf, overlap, readSpan, type Span, type SpanText, suggested, WEEKDAYS, writeSpan } from "./spans";
import { type Spot, WeekGrid } from "./WeekGrid";

interface Props {
  /** Of the form; also the prefix of the inputs. */
  id: string;
  value: readonly SpanText[];
  onChange: (value: SpanText[]) => void;
  /** What is wrong at a path such as `hours.0.opens`. */
  issue: (path: string) => FieldIssue | undefined;
  onTouch: (path: string) => void;
  /** Days of this week that are closed, by weekday, with the reason. */
  closed?: ReadonlyMap<number, string>;
  disabled?: boolean;
}

const NO_DAYS: ReadonlyMap<number, string> = new Map();
const WORKDAYS = [1, 2, 3, 4, 5];
const path = (index: number, field?: "opens" | "closes") => `hours.${index}${field ? `.${field}` : ""}`;

function Wrong({ issue, name }: { issue: FieldIssue | undefined; name: string }) {
  if (!issue) return null;
  return (
    <p className={form.error} data-testid={`error-${name}`} data-code={issue.code}>
      <CircleAlert aria-hidden />
      <span>
        <IssueText issue={issue} />
      </span>
    </p>
  );
}

/** One span by its exact times. */
function Times({ index, span, id, value, onChange, onRemove, issue, onTouch, disabled }: Omit<Props, "value" | "onChange"> & { index: number; span: SpanText; value: readonly SpanText[]; onChange: (value: SpanText[]) => void; onRemove: (index: number) => void }) {
  const { t } = useTranslation();
  const put = (change: Partial<SpanText>) => onChange(value.map((other, at) => (at === index ? { ...other, ...change } : other)));
  const read = readSpan(span);
  const issues = [path(index, "opens"), path(index, "closes"), path(index)].map((name) => [name, issue(name)] as const);
  const field = (name: "opens" | "closes") => (
    <span data-field={path(index, name)}>
      <input
        id={`${id}${path(index, name)}`}
        className={form.input}
        value={span[name]}
        disabled={disabled}
        placeholder="00:00"
        autoComplete="off"
        data-numeric=""
        data-testid={`field-${path(index, name)}`}
        aria-label={t(`hours.${name}`, { day: t(`weekday.long.${span.weekday}`) })}
        aria-invalid={issue(path(index, name)) || issue(path(index)) ? true : undefined}
        onChange={(event) => put({ [name]: event.target.value })}
        onBlur={() => {
          const tidy = tidyTime(span[name]);
          if (span[name] !== "" && tidy !== span[name]) put({ [name]: tidy });
          onTouch(path(index, name));
          onTouch(path(index));
        }}
      />
    </span>
  );
  return (
    <li>
      <div className={styles.times} data-field={path(index)}>
        {field("opens")}
        <span aria-hidden>{"–"}</span>
        {field("closes")}
        {read && read.to > 1440 ? <small>{t("hours.nextDay")}</small> : null}
        <IconButton label={t("hours.remove", { from: span.opens, to: span.closes })} size="small" icon={<Trash2 />} disabled={disabled ?? false} onClick={() => onRemove(index)} data-testid={`hours-remove-${index}`} />
      </div>
      {issues.map(([name, found]) => (
        <Wrong key={name} name={name} issue={found} />
      ))}
    </li>
  );
}

/** Weekly calling hours: the week as bars for mouse and keyboard, one day by its exact times, copies and presets. */
export function HoursField({ id, value, onChange, issue, onTouch, closed = NO_DAYS, disabled = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [chosen, setSpot] = useState<Spot>({ weekday: value[0]?.weekday ?? 1, index: null });
  const spans = value.map(readSpan);
  const wrong = new Set(value.flatMap((_, index) => ([path(index), path(index, "opens"), path(index, "closes")].some((name) => issue(name)) ? [index] : [])));
  // A refusal may concern a day that is not shown; its first one is turned to, once.
  const first = [...wrong].toSorted((a, b) => a - b)[0];
  const [shownWrong, setShownWrong] = useState<number | undefined>(undefined);
  if (first !== shownWrong) {
    setShownWrong(first);
    const day = first === undefined ? undefined : value[first]?.weekday;
    if (day !== undefined && ![...wrong].some((index) => value[index]?.weekday === chosen.weekday)) setSpot({ weekday: day, index: null });
  }
  const spot: Spot = chosen.index !== null && value[chosen.index]?.weekday !== chosen.weekday ? { ...chosen, index: null } : chosen;
  const own = value.map((span, index) => ({ span, index })).filter(({ span }) => span.weekday === spot.weekday);
  const known = spans.filter((span) => span !== null);
  const remove = (index: number) => {
    onChange(value.filter((_, other) => other !== index));
    setSpot({ weekday: spot.weekday, index: null });
  };
  const put = (next: readonly Span[]) => onChange(next.map(writeSpan));
  const add = () => {
    const made = suggested(known, spot.weekday);
    // Half-typed spans stay as they are; the host and the checks say what is wrong with them.
    onChange([...value, made ? writeSpan(made) : { weekday: spot.weekday, opens: "", closes: "" }]);
    setSpot({ weekday: spot.weekday, index: value.length });
  };
  const copy = (days: readonly number[]) => onChange(copied(value, spot.weekday, days));
  const preset = presetOf(value);
  const minutes = minutesOf(spans);
  const noHours = issue("hours");
  const dayName = t(`weekday.long.${spot.weekday}`);
  return (
    <div className={styles.editor} data-field="hours" data-testid="field-hours" data-state={noHours ? "invalid" : "valid"}>
      <div className={styles.top}>
        <Menu
          label={t("hours.presets")}
          trigger={
            <Button size="small" icon={<ChevronDown />} disabled={disabled} data-testid="hours-presets">
              {preset ? t(`hours.preset.${preset}`) : t("hours.own")}
            </Button>
          }
          items={(Object.keys(PRESETS) as Preset[]).map((name) => ({
            id: `preset-${name}`,
            label: t(`hours.preset.${name}`),
            checked: name === preset,
            separated: name === "debtRu" || name === "always",
            run: () => {
              onChange([...PRESETS[name]]);
              setSpot({ weekday: 1, index: null });
            },
          }))}
        />
        <span data-numeric="">{minutes === 0 ? t("hours.noneAWeek") : t("hours.aWeek", { count: Math.round(minutes / 6) / 10, hours: format.number(minutes / 60, minutes % 60 === 0 ? 0 : 1) })}</span>
      </div>
      <WeekGrid spans={spans} wrong={wrong} spot={spot} onSpot={setSpot} onSpans={put} onRemove={remove} closed={closed} disabled={disabled} label={t("hours.week")} />
      <p id="hours-keys" className={styles.keys}>
        {t("hours.keys")}
      </p>
      <Wrong name="hours" issue={noHours} />
      <div className={styles.panel} data-testid="hours-panel" data-state={spot.weekday}>
        <h3>{dayName}</h3>
        <div>
          {own.length === 0 ? <p className={styles.none}>{t("hours.closedDay")}</p> : null}
          <ul>
            {own.map(({ span, index }) => (
              <Times key={index} index={index} span={span} id={id} value={value} onChange={onChange} onRemove={remove} issue={issue} onTouch={onTouch} disabled={disabled} />
            ))}
          </ul>
          {disabled ? null : (
            <div className={styles.dayActions}>
              <Button size="small" icon={<Plus />} onClick={add} data-testid="hours-add">
                {own.length === 0 ? t("hours.add") : t("hours.addMore")}
              </Button>
              <Menu
                label={t("hours.copy")}
                trigger={
                  <Button size="small" icon={<Copy />} data-testid="hours-copy">
                    {t("hours.copy")}
                  </Button>
                }
                items={[
                  { id: "copy-all", label: t("hours.toAll"), run: () => copy(WEEKDAYS) },
                  { id: "copy-workdays", label: t("hours.toWorkdays"), run: () => copy(WORKDAYS) },
                  ...WEEKDAYS.filter((day) => day !== spot.weekday).map((day, at) => ({ id: `copy-${day}`, label: t(`weekday.long.${day}`), separated: at === 0, run: () => copy([day]) })),
                ]}
              />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** The issues of the hours as they are typed, by the paths of the host. */
export function checkHours(value: readonly SpanText[], add: (name: string, code: string, params?: Record<string, string>) => void): void {
  if (value.length === 0) add("hours", "required");
  const spans = value.map(readSpan);
  value.forEach(({ opens, closes }, index) => {
    const [from, to] = [parseTime(opens), parseTime(closes)];
    if (from === null || from === 1440) add(path(index, "opens"), "time");
    else if (to === null || to === 0) add(path(index, "closes"), "time");
    else if (from === to) add(path(index, "closes"), "windowEmpty");
    const own = spans[index];
    const first = own ? spans.find((span, at) => at < index && span !== null && overlap(span, own)) : null;
    if (first) add(path(index), "hoursOverlap", { from: clockText(first.from), to: clockText(first.to) });
  });
}
