import { ChevronDown, ChevronUp, CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { IssueText } from "../../../components/form";
import { useEditing, useProblems } from "../parts/context";
import { pathLabel } from "../versions/pathLabel";
import styles from "./Desk.module.css";

/** Everything that is wrong, errors first. A press opens the field. */
export const Problems = memo(function Problems({ open, onOpen, onJump }: { open: boolean; onOpen: (open: boolean) => void; onJump: (path: string) => void }) {
  const { t } = useTranslation();
  const { store } = useEditing();
  const problems = useProblems();
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const [shown, setShown] = useState(80);
  return (
    <section className={styles.problems} data-testid="problems" data-state={errors > 0 ? "errors" : warnings > 0 ? "warnings" : "none"} aria-label={t("editor.problems.label")}>
      <button type="button" className={styles.problemsHead} aria-expanded={open && problems.length > 0} disabled={problems.length === 0} onClick={() => onOpen(!open)} data-testid="problems-toggle">
        {problems.length === 0 ? (
          <>
            <CircleCheck data-tone="good" aria-hidden />
            {t("editor.problems.none")}
          </>
        ) : (
          <>
            {errors > 0 ? (
              <span data-tone="error">
                <CircleAlert aria-hidden />
                {t("editor.problems.errors", { count: errors })}
              </span>
            ) : null}
            {warnings > 0 ? (
              <span data-tone="warning">
                <TriangleAlert aria-hidden />
                {t("editor.problems.warnings", { count: warnings })}
              </span>
            ) : null}
            {open ? <ChevronDown aria-hidden /> : <ChevronUp aria-hidden />}
          </>
        )}
      </button>
      <span className="visually-hidden" role="status">
        {problems.length === 0 ? "" : t("editor.problems.errors", { count: errors })}
      </span>
      {open && problems.length > 0 ? (
        <ul>
          {problems.slice(0, shown).map((problem) => (
            <li key={`${problem.path}${problem.code}`}>
              <button type="button" onClick={() => onJump(problem.path)} data-testid="problem" data-path={problem.path}>
                {problem.severity === "error" ? <CircleAlert data-tone="error" aria-hidden /> : <TriangleAlert data-tone="warning" aria-hidden />}
                <strong>{pathLabel(t, problem.path, store.root)}</strong>
                <span>
                  <IssueText issue={problem} />
                </span>
              </button>
            </li>
          ))}
          {problems.length > shown ? (
            <li>
              <button type="button" onClick={() => setShown(shown + 200)}>
                {t("editor.problems.more", { count: problems.length - shown })}
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </section>
  );
});
