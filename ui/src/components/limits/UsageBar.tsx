import type { ReactNode } from "react";

import styles from "./Limits.module.css";

/** From this share on a limit is nearly used up; the same figure at which a budget warns. */
export const HIGH = 0.8;

export type Level = "free" | "high" | "full";

export function levelOf(used: number, limit: number): Level {
  if (limit <= 0 || used >= limit) return "full";
  return used / limit >= HIGH ? "high" : "free";
}

interface Props {
  label: string;
  used: number;
  limit: number;
  /** The part of `used` that is not certain yet, drawn lighter. */
  pending?: number;
  /** "14 of 50" */
  text: string;
  note?: ReactNode;
  /** A line at the share from which on people are warned. */
  warnAt?: number;
  level?: Level;
  testid: string;
}

/** What of a limit is used: its name, the figures, a bar that turns amber and red. */
export function UsageBar({ label, used, limit, pending = 0, text, note, warnAt, level = levelOf(used, limit), testid }: Props) {
  const share = (value: number) => (limit <= 0 ? 1 : Math.max(0, Math.min(1, value / limit)));
  return (
    <div className={styles.usage} data-testid={testid} data-level={level} data-used={used} data-limit={limit}>
      <div className={styles.head}>
        <span>{label}</span>
        <strong data-numeric="">{text}</strong>
      </div>
      <div className={styles.bar} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={limit} aria-valuenow={Math.min(used, limit)} aria-valuetext={text}>
        <i style={{ width: `${share(used - pending) * 100}%` }} />
        {pending > 0 ? <i data-pending="" style={{ width: `${(share(used) - share(used - pending)) * 100}%` }} /> : null}
        {warnAt === undefined ? null : <b style={{ left: `${warnAt * 100}%` }} />}
      </div>
      {note ? <p>{note}</p> : null}
    </div>
  );
}
