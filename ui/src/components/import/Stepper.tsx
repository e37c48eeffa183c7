import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";

import styles from "./Flow.module.css";

const STEPS = ["columns", "check", "done"] as const;

/** Where the import is: file and columns, check, done; 3 when all is past. */
export function Stepper({ at }: { at: 0 | 1 | 2 | 3 }) {
  const { t } = useTranslation();
  return (
    <ol className={styles.steps} aria-label={t("import.steps")} data-testid="import-steps" data-state={at === 3 ? "past" : STEPS[at]}>
      {STEPS.map((step, index) => (
        <li key={step} data-state={index < at ? "past" : index === at ? "now" : "next"} aria-current={index === at ? "step" : undefined}>
          <span aria-hidden>{index < at ? <Check strokeWidth={2.5} /> : index + 1}</span>
          {t(`import.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}
