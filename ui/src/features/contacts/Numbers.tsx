import { phone } from "../../i18n/format";
import { None } from "../../table/Cells";
import styles from "./Contacts.module.css";

/** Numbers one below the other; a number is never broken. */
export function Numbers({ numbers }: { numbers: readonly string[] }) {
  if (numbers.length === 0) return <None />;
  return (
    <ul className={styles.numbers}>
      {numbers.map((number) => (
        <li key={number}>{phone(number)}</li>
      ))}
    </ul>
  );
}
