import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { Search, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Filters.module.css";

/** The row of filters above a table; what matches stands at its end. */
export function FilterBar({ children, count }: { children: ReactNode; count?: string | undefined }) {
  return (
    <div className={styles.bar} role="search">
      {children}
      <span className={styles.count} aria-live="polite" data-numeric="" data-testid="match-count">
        {count}
      </span>
    </div>
  );
}

interface ChipsProps<T extends string> {
  label: string;
  values: readonly T[];
  chosen: readonly T[];
  name: (value: T) => ReactNode;
  onChange: (values: T[]) => void;
}

/** Any of several values; none chosen means all. */
export function Chips<T extends string>({ label, values, chosen, name, onChange }: ChipsProps<T>) {
  return (
    <ToggleGroup multiple value={[...chosen]} onValueChange={(next) => onChange(next as T[])} className={styles.chips} aria-label={label}>
      {values.map((value) => (
        <Toggle key={value} value={value} className={styles.chip} data-testid={`chip-${value}`}>
          {name(value)}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}

const TYPING_MS = 200;

/** Answers a moment after the last letter, so that the host is not asked for each. */
export function SearchInput({ value, label, onChange }: { value: string; label: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <div className={styles.search}>
      <Search aria-hidden />
      <input type="text" role="searchbox" aria-label={label} placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} data-testid="search" data-page-search="" />
      {typed === "" ? null : (
        <button type="button" aria-label={t("common.clear")} onClick={() => { setTyped(""); onChange(""); }}>
          <X aria-hidden />
        </button>
      )}
    </div>
  );
}
