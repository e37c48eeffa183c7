import { useFormat } from "../../components/useFormat";
import styles from "./Dialogs.module.css";

/** What a command did, as a row of figures. */
export function Counts({ counts }: { counts: readonly (readonly [name: string, label: string, count: number])[] }) {
  const format = useFormat();
  return (
    <dl className={styles.counts}>
      {counts.map(([name, label, count]) => (
        <div key={name} data-zero={count === 0 || undefined}>
          <dt>{label}</dt>
          <dd data-numeric="" data-testid={`count-${name}`} data-state={count}>
            {format.number(count)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
