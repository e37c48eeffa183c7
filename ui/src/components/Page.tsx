import { type ReactNode, useEffect } from "react";

import styles from "./Page.module.css";

interface Props {
  title: ReactNode;
  /** Beside the title: state, practice badge. */
  badges?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  tabs?: ReactNode;
  children: ReactNode;
  /** The page scrolls as one; otherwise a table inside scrolls. */
  scroll?: boolean;
  testid: string;
  state?: string | undefined;
}

/** One page, one question: its title, what can be done, its content. */
export function Page({ title, badges, note, actions, tabs, children, scroll = true, testid, state = "ready" }: Props) {
  useEffect(() => {
    // Two frames later the first content is on the glass; tests and the shell wait for this mark.
    let second = 0;
    const first = requestAnimationFrame(() => {
      second = requestAnimationFrame(() => {
        document.documentElement.dataset["ready"] = "";
      });
    });
    return () => {
      cancelAnimationFrame(first);
      cancelAnimationFrame(second);
    };
  }, []);
  return (
    <div className={styles.page} data-testid={testid} data-state={state}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <div className={styles.titleRow}>
            <h1>{title}</h1>
            {badges}
          </div>
          {note ? <p className={styles.note}>{note}</p> : null}
        </div>
        <div className={styles.actions}>{actions}</div>
      </header>
      {tabs}
      <div className={styles.content} data-scroll={scroll || undefined} data-tabs={tabs ? "" : undefined}>
        {children}
      </div>
    </div>
  );
}

/** A part of a page with its own heading; a hairline above, no box around. */
export function Section({ title, note, actions, children, testid }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode; testid?: string }) {
  return (
    <section className={styles.section} data-testid={testid}>
      <header>
        <div>
          <h2>{title}</h2>
          {note ? <p>{note}</p> : null}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** One big number, what it counts and what it is measured against. */
export function Figure({ label, value, note, testid, state }: { label: string; value: ReactNode; note?: ReactNode; testid: string; state?: string | number }) {
  return (
    <div className={styles.figure} data-testid={testid} data-state={state}>
      <dt>{label}</dt>
      <dd data-numeric="">{value}</dd>
      <dd className={styles.figureNote} data-numeric="">
        {note ?? "\u00a0"}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>;
}
