import { useTranslation } from "react-i18next";

import type { ImportProgress } from "../../bindings/ImportProgress";
import type { ImportView } from "../../bindings/ImportView";
import { duration } from "../../i18n/format";
import { useFormat } from "../useFormat";
import styles from "./Flow.module.css";
import { useLanding } from "./useLanding";

/** A bar for a share of 0 to 1; without one it only says that something goes on. */
export function Bar({ progress, label }: { progress: ImportProgress | null; label: string }) {
  const format = useFormat();
  const share = progress?.share ?? null;
  return (
    <div
      className={styles.progress}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      aria-valuetext={share === null ? undefined : format.percent(share)}
      data-state={share === null ? "unknown" : "known"}
      data-testid="import-progress"
    >
      <span style={{ transform: `scaleX(${share ?? 0})` }} />
    </div>
  );
}

/** An import that is being worked on: how far, how fast, how long. */
export function Working({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const landing = useLanding();
  const { progress, phase } = view;
  const title = t(phase === "committing" ? "import.working.committing" : "import.working.checking");
  return (
    <section className={styles.working} data-testid="import-working" data-state={phase}>
      <h2 ref={landing} tabIndex={-1}>{title}</h2>
      <Bar progress={progress} label={title} />
      <dl data-numeric="">
        <div>
          <dt>{t(phase === "committing" ? "import.working.made" : "import.working.read")}</dt>
          <dd>{progress ? format.number(progress.rows) : t("import.working.begins")}</dd>
        </div>
        <div>
          <dt>{t("import.working.speed")}</dt>
          <dd>{progress && progress.rowsPerSecond > 0 ? t("import.working.perSecond", { rows: format.number(progress.rowsPerSecond) }) : "\u2013"}</dd>
        </div>
        <div>
          <dt>{t("import.working.left")}</dt>
          <dd>{progress?.secondsLeft === null || progress?.secondsLeft === undefined ? "\u2013" : duration(Math.ceil(progress.secondsLeft))}</dd>
        </div>
      </dl>
      <p>{t(phase === "committing" ? "import.working.stay" : "import.working.leave")}</p>
    </section>
  );
}
