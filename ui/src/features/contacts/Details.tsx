import type { ReactNode } from "react";

import styles from "./Contacts.module.css";

/** Names and what belongs to them, to be read. */
export function Details({ children, testid }: { children: ReactNode; testid: string }) {
  return (
    <dl className={styles.facts} data-testid={testid}>
      {children}
    </dl>
  );
}

export function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt title={name}>{name}</dt>
      <dd data-numeric="">{children}</dd>
    </div>
  );
}
