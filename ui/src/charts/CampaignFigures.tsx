import { useTranslation } from "react-i18next";

import type { CampaignAnalytics } from "../bindings/CampaignAnalytics";
import { duration } from "../i18n/format";
import { CostChart, LatencyChart, OutcomesChart } from "./Bars";
import styles from "./CampaignFigures.module.css";
import { MinutesChart } from "./MinutesChart";

/** The questions somebody asks of a campaign's calls, each with its answer as a title. */
export function CampaignFigures({ figures }: { figures: CampaignAnalytics }) {
  const { t } = useTranslation();
  return (
    <div className={styles.figures} data-testid="figures">
      <MinutesChart minutes={figures.minutes} />
      <div className={styles.three}>
        <OutcomesChart outcomes={figures.outcomes} />
        <LatencyChart latencies={figures.latencies} />
        <CostChart costs={figures} perCall={figures.costPerCall} />
      </div>
      <p className={styles.foot}>
        {t("figures.conversations", { count: figures.conversations })}
        {figures.averageTalkSeconds === null ? null : ` · ${t("figures.talk", { duration: duration(figures.averageTalkSeconds) })}`}
      </p>
    </div>
  );
}
