import { useTranslation } from "react-i18next";

import type { CampaignAnalytics } from "../bindings/CampaignAnalytics";
import type { LatencyView } from "../bindings/LatencyView";
import type { MoneyView } from "../bindings/MoneyView";
import type { Outcome } from "../bindings/Outcome";
import { Tooltip } from "../components/Tooltip";
import { useFormat } from "../components/useFormat";
import { ChartFrame } from "./ChartFrame";
import styles from "./Charts.module.css";

interface Bar {
  key: string;
  label: string;
  value: number;
  text: string;
  detail: string;
  tone?: string;
  /** A second mark on the same scale. */
  mark?: number | undefined;
}

/** Horizontal bars with their labels and values beside them, so that no legend is needed. */
export function BarList({ bars }: { bars: readonly Bar[] }) {
  const top = Math.max(...bars.map((bar) => Math.max(bar.value, bar.mark ?? 0))) || 1;
  return (
    <dl className={styles.bars}>
      {bars.map((bar) => (
        <Tooltip key={bar.key} text={bar.detail}>
          <div className={styles.barRow} data-testid={`bar-${bar.key}`}>
            <dt>{bar.label}</dt>
            <dd className={styles.track}>
              <span data-tone={bar.tone} style={{ width: `${(bar.value / top) * 100}%` }} />
              {bar.mark === undefined ? null : <i style={{ left: `${(bar.mark / top) * 100}%` }} />}
            </dd>
            <dd className={styles.value}>{bar.text}</dd>
          </div>
        </Tooltip>
      ))}
    </dl>
  );
}

const TONES: Partial<Record<Outcome, string>> = { success: "good", callback: "callback", invalid_number: "bad", failed: "bad" };

export function OutcomesChart({ outcomes }: { outcomes: CampaignAnalytics["outcomes"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  const first = outcomes[0];
  return (
    <ChartFrame
      testid="chart-outcomes"
      title={first ? t("chart.outcomes.title", { outcome: t(`outcome.${first.outcome}`), share: format.percent(first.count / total) }) : t("chart.outcomes.none")}
      note={t("chart.outcomes.note", { count: total })}
      table={{
        head: [t("chart.outcomes.outcome"), t("chart.outcomes.calls"), t("chart.outcomes.share")],
        rows: outcomes.map(({ outcome, count }) => [t(`outcome.${outcome}`), String(count), format.percent(count / total, 1)]),
      }}
    >
      <BarList
        bars={outcomes.map(({ outcome, count }) => ({
          key: outcome,
          label: t(`outcome.${outcome}`),
          value: count,
          text: format.number(count),
          detail: t("chart.share", { share: format.percent(count / total, 1), part: format.number(count), whole: format.number(total) }),
          ...(TONES[outcome] ? { tone: TONES[outcome] } : {}),
        }))}
      />
    </ChartFrame>
  );
}

export function LatencyChart({ latencies }: { latencies: readonly LatencyView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const response = latencies.find((latency) => latency.kind === "eou_latency");
  const measured = latencies.filter((latency) => latency.averageMs !== null);
  const ms = (value: number | null) => (value === null ? t("common.none") : format.milliseconds(value));
  return (
    <ChartFrame
      testid="chart-latency"
      title={response?.averageMs != null ? t("chart.latency.title", { average: ms(response.averageMs), p95: ms(response.p95Ms) }) : t("chart.latency.none")}
      note={t("chart.latency.note")}
      table={{
        head: [t("chart.latency.measure"), t("chart.latency.average"), t("chart.latency.p95"), t("chart.latency.turns")],
        rows: latencies.map((latency) => [t(`latency.${latency.kind}`), ms(latency.averageMs), ms(latency.p95Ms), format.number(latency.turns)]),
      }}
    >
      <BarList
        bars={measured.map((latency) => ({
          key: latency.kind,
          label: t(`latency.${latency.kind}`),
          value: latency.averageMs ?? 0,
          mark: latency.p95Ms ?? undefined,
          text: t("chart.latency.pair", { average: format.number(latency.averageMs ?? 0), p95: ms(latency.p95Ms) }),
          detail: t("chart.latency.detail", { count: latency.turns, hint: t(`latencyHint.${latency.kind}`) }),
        }))}
      />
    </ChartFrame>
  );
}

interface CostParts {
  costStt: MoneyView;
  costLlm: MoneyView;
  costTts: MoneyView;
  costLine: MoneyView;
  costTotal: MoneyView;
}

export function CostChart({ costs, perCall }: { costs: CostParts; perCall?: MoneyView | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    ["stt", costs.costStt],
    ["llm", costs.costLlm],
    ["tts", costs.costTts],
    ["line", costs.costLine],
  ] as const;
  const total = Number(costs.costTotal.amount);
  const share = (money: MoneyView) => (total > 0 ? Number(money.amount) / total : 0);
  return (
    <ChartFrame
      testid="chart-cost"
      title={perCall ? t("chart.cost.perCall", { cost: format.money(perCall) }) : t("chart.cost.total", { cost: format.money(costs.costTotal) })}
      {...(perCall ? { note: t("chart.cost.note", { cost: format.money(costs.costTotal) }) } : {})}
      table={{
        head: [t("chart.cost.part"), t("chart.cost.amount"), t("chart.cost.share")],
        rows: parts.map(([part, money]) => [t(`cost.${part}`), format.money(money), format.percent(share(money), 1)]),
      }}
    >
      <BarList
        bars={parts.map(([part, money]) => ({
          key: part,
          label: t(`cost.${part}`),
          value: Number(money.amount),
          text: format.money(money),
          detail: t("chart.share", { share: format.percent(share(money), 1), part: format.money(money), whole: format.money(costs.costTotal) }),
        }))}
      />
    </ChartFrame>
  );
}
