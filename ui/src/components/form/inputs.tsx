import type { HTMLInputTypeAttribute, ReactNode } from "react";

import { describe, Field } from "./Field";
import styles from "./Form.module.css";
import type { FieldProps } from "./useForm";

interface Common extends FieldProps<string> {
  label: string;
  help?: ReactNode;
  aside?: ReactNode;
  disabled?: boolean;
  placeholder?: string;
}

interface TextProps extends Common {
  type?: HTMLInputTypeAttribute;
  autoFocus?: boolean;
  autoComplete?: string;
  spellCheck?: boolean;
  mono?: boolean;
}

export function TextField({ label, help, aside, issue, onChange, onBlur, type = "text", mono = false, ...input }: TextProps) {
  return (
    <Field id={input.id} name={input.name} label={label} help={help} aside={aside} issue={issue}>
      <input
        autoComplete="off"
        {...input}
        {...describe(input.id, issue, help)}
        type={type}
        className={styles.input}
        data-mono={mono || undefined}
        data-testid={`field-${input.name}`}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
    </Field>
  );
}

/** A number with its unit. Kept as text: half-typed numbers are no numbers. */
export function NumberField({ label, help, aside, issue, onChange, onBlur, unit, wide = false, ...input }: Common & { unit?: string; wide?: boolean }) {
  return (
    <Field id={input.id} name={input.name} label={label} help={help} aside={aside} issue={issue}>
      <div className={styles.number} data-wide={wide || undefined}>
        <input
          {...input}
          {...describe(input.id, issue, help)}
          inputMode="decimal"
          autoComplete="off"
          className={styles.input}
          data-numeric=""
          data-testid={`field-${input.name}`}
          onChange={(event) => onChange(event.target.value)}
          onBlur={onBlur}
        />
        {unit ? <span className={styles.unit}>{unit}</span> : null}
      </div>
    </Field>
  );
}

export function TextAreaField({ label, help, aside, issue, onChange, onBlur, rows = 3, ...input }: Common & { rows?: number }) {
  return (
    <Field id={input.id} name={input.name} label={label} help={help} aside={aside} issue={issue}>
      <textarea
        {...input}
        {...describe(input.id, issue, help)}
        rows={rows}
        className={styles.input}
        data-testid={`field-${input.name}`}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
    </Field>
  );
}
