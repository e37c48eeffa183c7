import { X } from "lucide-react";
import type { ReactNode } from "react";

import { Button, IconButton } from "../components/Button";
import styles from "./SelectionBar.module.css";

interface Props {
  label: string;
  /** How many, in words. */
  count: string;
  note?: string | undefined;
  /** Offered when all rows here are chosen and more match. */
  more?: { label: string; run: () => void } | undefined;
  clearLabel: string;
  onClear: () => void;
  children: ReactNode;
}

/** What can be done with the chosen rows, below their table. */
export function SelectionBar({ label, count, note, more, clearLabel, onClear, children }: Props) {
  return (
    <div className={styles.bar} role="toolbar" aria-label={label} data-testid="selection-bar">
      <IconButton label={clearLabel} icon={<X />} size="small" onClick={onClear} data-testid="selection-clear" />
      <span className={styles.count} role="status" data-testid="selection-count">
        {count}
      </span>
      {note ? <span className={styles.note}>{note}</span> : null}
      {more ? (
        <Button variant="ghost" size="small" onClick={more.run} data-testid="selection-all">
          {more.label}
        </Button>
      ) : null}
      <div className={styles.actions}>{children}</div>
    </div>
  );
}
