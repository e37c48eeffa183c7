import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { CampaignView } from "../../bindings/CampaignView";
import type { EtaView } from "../../bindings/EtaView";
import type { LimitKind } from "../../bindings/LimitKind";
import { useCompany } from "../../components/company";
import { toWall } from "../../components/form";
import { BreakerPanel } from "../../components/limits/Breaker";
import { BudgetBar } from "../../components/limits/BudgetBar";
import { type Level, levelOf, UsageBar } from "../../components/limits/UsageBar";
import { Section } from "../../components/Page";
import { useFormat } from "../../components/useFormat";
import { windowScope } from "../../platform";
import styles from "./Campaigns.module.css";

const sameDay = (one: string, other: string, zone: string) => toWall(one, zone).date === toWall(other, zone).date;

/** When it will have ended, what is still to come, and how sure that is. */
export function EtaLine({ eta, zone }: { eta: EtaView; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const cost = format.money(eta.cost, 0);
  const words =
    eta.endsAt === null
      ? t("eta.never", { count: eta.calls, cost })
      : eta.endsBy === null || eta.endsBy === eta.endsAt
        ? t("eta.at", { at: format.dayTime(eta.endsAt), count: eta.calls, cost })
        : t("eta.between", { at: format.dayTime(eta.endsAt), by: sameDay(eta.endsAt, eta.endsBy, zone) ? format.time(eta.endsBy) : format.dayTime(eta.endsBy), count: eta.calls, cost });
  return (
    <p className={styles.eta} data-testid="eta" data-state={eta.endsAt === null ? "never" : "known"} title={t("eta.asOf", { at: format.clock(eta.asOf) })}>
      {words}
    </p>
  );
}

/** Breakers that let nothing pass, with the calls that opened them. */
export function Breakers({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const own = useQuery(query("breaker_list", { companyId: company.id }));
  const limits = useQuery(query("limits_get", { companyId: company.id, campaignId: campaign.id }));
  const trunks = (limits.data?.trunks ?? []).filter(({ line, breaker }) => line === campaign.line && breaker.state !== "closed").map(({ breaker }) => breaker);
  const open = [...(own.data?.items ?? []).filter((breaker) => breaker.scope === "campaign" && breaker.campaignId === campaign.id && breaker.state !== "closed"), ...trunks];
  if (open.length === 0) return null;
  return (
    <Section title={t("breaker.title")} note={t("breaker.note")} testid="breakers">
      <div className={styles.stack}>
        {open.map((breaker) => (
          <BreakerPanel key={`${breaker.scope}${breaker.trunk ?? ""}`} breaker={breaker} zone={campaign.form.timeZone} />
        ))}
      </div>
    </Section>
  );
}

/** Shown for a campaign; those of numbers hold for each contact. */
const SHOWN: readonly LimitKind[] = ["campaign_at_once", "campaign_ramp_up", "campaign_per_minute", "company_at_once", "system_at_once"];

/** A campaign that dials at its limit does what it should: that is no alarm. */
const calm = (level: Level): Level => (level === "full" ? "high" : level);

/** What of the limits and budgets that hold for the campaign is used at this moment. */
export function LimitsNow({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat(campaign.form.timeZone);
  const { data } = useQuery(query("limits_get", { companyId: company.id, campaignId: campaign.id }));
  if (!data) return null;
  const uses = data.uses.filter(({ kind }) => SHOWN.includes(kind)).toSorted((a, b) => SHOWN.indexOf(a.kind) - SHOWN.indexOf(b.kind));
  return (
    <Section
      title={t("limitsNow.title")}
      testid="limits-now"
      actions={
        windowScope === null ? (
          <Link to="/campaigns/$campaignId/$tab" params={{ campaignId: campaign.id, tab: "settings" }}>
            {t("limitsNow.change")}
          </Link>
        ) : null
      }
    >
      <div className={styles.limits}>
        {data.budgets.map((budget) => (
          <BudgetBar key={budget.kind} budget={budget} zone={company.timeZone} />
        ))}
        {uses.map(({ kind, used, limit, free, freeAt }) => (
          <UsageBar key={kind} testid={`limit-${kind}`} label={t(`limitName.${kind}`)} used={used} limit={limit} level={calm(levelOf(used, limit))} text={t("limitsPage.of", { used: format.number(used), limit: format.number(limit) })} note={free === 0 && freeAt !== null ? t("limitsPage.freeAt", { at: format.clock(freeAt) }) : t("limitsPage.free", { count: free })} />
        ))}
      </div>
    </Section>
  );
}
