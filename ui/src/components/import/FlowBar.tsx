import type { ReactNode } from "react";

import styles from "./Flow.module.css";

/** What a step of the import ends with: why it cannot go on at the left, what can be done at the right. */
export function FlowBar({ note, children }: { note: ReactNode; children: ReactNode }) {
  return (
    <footer className={styles.bar}>
      <div className={styles.barNote} aria-live="polite" data-testid="import-note">
        {note}
      </div>
      {children}
    </footer>
  );
}
