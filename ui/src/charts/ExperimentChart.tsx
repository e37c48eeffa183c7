import { useTranslation } from "react-i18next";

import type { ExperimentResults } from "../bindings/ExperimentResults";
import { useFormat } from "../components/useFormat";
import { ChartFrame } from "./ChartFrame";
import styles from "./ExperimentChart.module.css";

/** What the comparison says so far, as a sentence; a difference whose interval holds 0 is none yet. */
function useFinding({ variants, difference }: ExperimentResults): string {
  const { t } = useTranslation();
  const format = useFormat();
  const [a, b] = variants;
  if (!difference || !a || !b) return t("experiment.tooEarly");
  if (!difference.significant) return t("experiment.undecided");
  const better = difference.difference > 0 ? b : a;
  return t("experiment.better", { version: better.version, points: format.number(Math.abs(difference.difference) * 100, 1) });
}

/** Success of two versions: a dot for what was measured, a line for what it may really be (95 %). */
export function ExperimentChart({ results }: { results: ExperimentResults }) {
  const { t } = useTranslation();
  const format = useFormat();
  const title = useFinding(results);
  const { variants, difference } = results;
  // Rounded up to tens, so that the axis does not move with every call.
  const top = Math.min(1, Math.ceil(Math.max(0.1, ...variants.map(({ successRate }) => successRate.high)) * 10) / 10);
  const at = (share: number) => `${(share / top) * 100}%`;
  const ticks = [0, top / 2, top];
  return (
    <ChartFrame
      testid="chart-experiment"
      title={title}
      note={difference ? t("experiment.difference", { low: format.number(difference.low * 100, 1), high: format.number(difference.high * 100, 1) }) : t("experiment.differenceNone")}
      table={{
        head: [t("experiment.version"), t("experiment.contacts"), t("experiment.answered"), t("experiment.successes"), t("experiment.rate"), t("experiment.low"), t("experiment.high"), t("experiment.refusals"), t("experiment.talk")],
        rows: variants.map((one) => [
          String(one.version),
          String(one.contacts),
          String(one.callsAnswered),
          String(one.successes),
          one.successRate.rate === null ? "–" : format.percent(one.successRate.rate, 1),
          format.percent(one.successRate.low, 1),
          format.percent(one.successRate.high, 1),
          String(one.refusals),
          one.averageTalkSeconds === null ? "–" : format.number(one.averageTalkSeconds),
        ]),
      }}
    >
      <div className={styles.chart}>
        {variants.map(({ variant, version, successRate, successes, callsAnswered }) => (
          <div key={variant} className={styles.row} data-testid={`variant-${variant}`} data-variant={variant}>
            <span>
              <strong>{t("skillbase.version", { version })}</strong>
              <small>{t("experiment.of", { part: format.number(successes), whole: format.number(callsAnswered) })}</small>
            </span>
            <span className={styles.track}>
              {successRate.rate === null ? null : (
                <>
                  <i className={styles.interval} style={{ left: at(successRate.low), width: at(successRate.high - successRate.low) }} />
                  <i className={styles.dot} style={{ left: at(successRate.rate) }} />
                </>
              )}
            </span>
            <span className={styles.value} data-numeric="">
              {successRate.rate === null ? "–" : format.percent(successRate.rate, 1)}
              <small>{successRate.rate === null ? "" : t("experiment.interval", { low: format.number(successRate.low * 100, 1), high: format.number(successRate.high * 100, 1) })}</small>
            </span>
          </div>
        ))}
        <div className={styles.axis} aria-hidden>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: at(tick) }}>
              {format.percent(tick)}
            </span>
          ))}
        </div>
      </div>
    </ChartFrame>
  );
}
