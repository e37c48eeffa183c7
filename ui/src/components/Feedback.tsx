import { CircleCheck, type LucideIcon, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Feedback.module.css";

/** Nothing is here yet: says what would be, and offers the next step. */
export function Empty({ icon: Icon, title, text, action }: { icon: LucideIcon; title: string; text: string; action?: ReactNode }) {
  return (
    <div className={styles.state} data-testid="empty">
      <Icon className={styles.icon} aria-hidden strokeWidth={1.5} />
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}

/** Bars where text will be after 150 ms, words after a second: no spinner without words. */
export function Loading({ rows = 6, label }: { rows?: number; label?: string }) {
  const { t } = useTranslation();
  const [phase, setPhase] = useState(0);
  useEffect(() => {
    const first = setTimeout(() => setPhase(1), 150);
    const second = setTimeout(() => setPhase(2), 1000);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, []);
  return (
    <div className={styles.loading} role="status" data-testid="loading" data-state={phase}>
      {phase > 0 ? Array.from({ length: rows }, (_, row) => <span key={row} className={styles.bar} data-row={row % 3} />) : null}
      {phase > 1 ? <p>{label ?? t("common.loading")}</p> : null}
    </div>
  );
}

/** A state that lasts: the database is away, the practice line is in use. */
export function Banner({ tone, children, action, testid }: { tone: "warning" | "failure" | "good"; children: ReactNode; action?: ReactNode; testid?: string }) {
  const Icon = tone === "good" ? CircleCheck : TriangleAlert;
  return (
    <div className={styles.banner} data-tone={tone} role={tone === "failure" ? "alert" : "status"} data-testid={testid}>
      <Icon aria-hidden />
      <div>{children}</div>
      {action}
    </div>
  );
}
