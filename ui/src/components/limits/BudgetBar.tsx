import { CircleAlert, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { BudgetUse } from "../../bindings/BudgetUse";
import { useFormat } from "../useFormat";
import styles from "./Limits.module.css";
import { HIGH, UsageBar } from "./UsageBar";

const LEVEL = { fine: "free", warning: "high", stopped: "full" } as const;

/** What of a day's budget is spent; calls in flight are drawn lighter, the warning stands at 80 %. */
export function BudgetBar({ budget, zone }: { budget: BudgetUse; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const { spent, inFlight, limit, state } = budget;
  const sum = { amount: String(Number(spent.amount) + Number(inFlight.amount)), currency: spent.currency };
  const share = format.percent(Number(limit.amount) > 0 ? Number(sum.amount) / Number(limit.amount) : 1);
  const flying = Number(inFlight.amount) > 0;
  return (
    <UsageBar
      testid={`budget-${budget.kind}`}
      label={t(`limitName.${budget.kind}`)}
      used={Number(sum.amount)}
      pending={Number(inFlight.amount)}
      limit={Number(limit.amount)}
      level={LEVEL[state]}
      warnAt={HIGH}
      text={t("limitsPage.ofMoney", { used: format.money(sum), limit: format.money(limit) })}
      note={
        <span className={styles.budgetNote} data-state={state}>
          {state === "stopped" ? <CircleAlert aria-hidden /> : state === "warning" ? <TriangleAlert aria-hidden /> : null}
          {t(`budgetState.${state}`, { share, at: format.moment(budget.renewsAt) })} {flying ? t("limitsPage.inFlight", { amount: format.money(inFlight) }) : null}
        </span>
      }
    />
  );
}
