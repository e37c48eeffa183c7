import { type Keys, keyNames } from "./commands";
import styles from "./Kbd.module.css";

export function Kbd({ keys }: { keys: Keys }) {
  return (
    <span className={styles.keys}>
      {keyNames(keys).map((name) => (
        <kbd key={name}>{name}</kbd>
      ))}
    </span>
  );
}
