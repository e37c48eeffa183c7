import type { ReactNode } from "react";

import styles from "./Parts.module.css";

/** A group of fields under one heading: the heading and what it is about stand beside them when there is room. */
export function Part({ title, note, actions, children }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <header>
        <h2>{title}</h2>
        {note ? <p>{note}</p> : null}
        {actions}
      </header>
      <div className={styles.stack}>{children}</div>
    </section>
  );
}
