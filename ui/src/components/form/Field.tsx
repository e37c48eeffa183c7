import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { camel } from "../camel";
import type { FieldIssue } from "./checks";
import styles from "./Form.module.css";

interface Props {
  id: string;
  name: string;
  label: string;
  help?: ReactNode;
  issue: FieldIssue | undefined;
  children: ReactNode;
  /** At the end of the label's line: how much of a length is used. */
  aside?: ReactNode;
  /** The control is a group, so the label is no `<label for>`. */
  group?: boolean;
}

export function IssueText({ issue }: { issue: FieldIssue }) {
  const { t } = useTranslation();
  // Numbers and zones are refused for the same reasons as in a list; what a document lacks has words of its own.
  const words = [`errors.field.${issue.code}`, `rejects.${issue.code}`];
  return t(issue.severity === undefined ? words : [`editor.problem.${camel(issue.code)}`, ...words], { ...issue.params, defaultValue: t("errors.field.other") });
}

/** Label above, help below, and in its place the error in words. */
export function Field({ id, name, label, help, issue, children, aside, group = false }: Props) {
  const note = issue ? (
    <p className={styles.error} id={`${id}-note`} data-testid={`error-${name}`} data-code={issue.code} data-severity={issue.severity}>
      {issue.severity === "warning" ? <TriangleAlert aria-hidden /> : <CircleAlert aria-hidden />}
      <span>
        <IssueText issue={issue} />
      </span>
    </p>
  ) : help ? (
    <p className={styles.help} id={`${id}-note`}>
      {help}
    </p>
  ) : null;
  return (
    <div className={styles.field} data-field={name} data-state={issue === undefined || issue.severity === "warning" ? "valid" : "invalid"}>
      <div className={styles.labelRow}>
        {group ? (
          <span className={styles.label} id={`${id}-label`}>
            {label}
          </span>
        ) : (
          <label className={styles.label} htmlFor={id}>
            {label}
          </label>
        )}
        {aside}
      </div>
      {children}
      <div aria-live="polite">{note}</div>
    </div>
  );
}

export const describe = (id: string, issue: FieldIssue | undefined, help: ReactNode) => ({
  "aria-invalid": issue !== undefined && issue.severity !== "warning" ? true : undefined,
  "aria-describedby": issue || help ? `${id}-note` : undefined,
});
