import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { TaskCounts } from "../bindings/TaskCounts";
import { useFormat } from "../components/useFormat";
import { phone } from "../i18n/format";
import styles from "./Cells.module.css";

/** Nothing to show here; read aloud as words. */
export function None() {
  const { t } = useTranslation();
  return (
    <span className={styles.none}>
      <span aria-hidden>{"–"}</span>
      <span className="visually-hidden">{t("common.none")}</span>
    </span>
  );
}

/** A name over what belongs to it. */
export function TwoLines({ first, second }: { first: ReactNode; second: ReactNode }) {
  return (
    <div className={styles.two}>
      <div>{first}</div>
      <div>{second}</div>
    </div>
  );
}

/** The name before the number, the number alone when nobody knows the name. */
export function Contact({ name, number, more, moreTitle }: { name: string | null; number: string; more?: string; moreTitle?: string }) {
  const written = (
    <>
      {phone(number)}
      {more === undefined ? null : <span className={styles.more} title={moreTitle}>{more}</span>}
    </>
  );
  return name ? <TwoLines first={<span title={name}>{name}</span>} second={written} /> : <span className={styles.strong}>{written}</span>;
}

/** How far a list is: reached, failed, in progress and waiting for a retry, of all. */
export function Progress({ counts, label, large = false }: { counts: TaskCounts; label: string; large?: boolean }) {
  const format = useFormat();
  const { total } = counts;
  const share = (count: number) => (total === 0 ? 0 : count / total);
  const parts = [
    ["completed", counts.completed],
    ["failed", counts.failed + counts.cancelled + counts.skipped],
    ["running", counts.inProgress],
    ["paused", counts.retry],
  ] as const;
  return (
    <div
      className={styles.progress}
      data-large={large || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share(counts.completed) * 100)}
      aria-valuetext={format.percent(share(counts.completed))}
      data-testid="progress"
      data-state={counts.completed}
    >
      {parts.map(([tone, count]) => (count > 0 ? <span key={tone} data-tone={tone} style={{ flexGrow: share(count) }} /> : null))}
      <span style={{ flexGrow: Math.max(0, 1 - parts.reduce((sum, [, count]) => sum + share(count), 0)) }} />
    </div>
  );
}
