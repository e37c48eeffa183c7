import { Link } from "@tanstack/react-router";
import { ArrowRight, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { CampaignView } from "../../bindings/CampaignView";
import type { Preflight } from "../../bindings/Preflight";
import type { SkipReason } from "../../bindings/SkipReason";
import { HoursChart } from "../../charts/HoursChart";
import { useFormat } from "../../components/useFormat";
import { None } from "../../table/Cells";
import styles from "./Preflight.module.css";

/** Where the contacts of a count are to be seen. */
function RowsLink({ campaign, reason }: { campaign: CampaignView; reason: SkipReason }) {
  const { t } = useTranslation();
  const words = (
    <>
      {t("preflight.show")}
      <ArrowRight aria-hidden />
    </>
  );
  if (reason === "do_not_call") return <Link to="/do-not-call">{words}</Link>;
  return (
    <Link to="/campaigns/$campaignId/$tab" params={{ campaignId: campaign.id, tab: "queue" }} search={{ filter: ["pending", "retry"] }}>
      {words}
    </Link>
  );
}

/** How sure the figures are: what they were measured on. */
function Method({ plan }: { plan: Preflight }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { basis, calls, costPerCall, runs, tookMs } = plan.method;
  return (
    <p className={styles.method} data-testid="preflight-method" data-state={basis}>
      {t(`preflight.basis.${basis}`, { count: calls, cost: format.money(costPerCall) })} {t("preflight.runs", { count: runs, took: format.milliseconds(tookMs) })}
    </p>
  );
}

/** What the start will do: who is dialled, who is not and why, until when, at what cost. */
export function PreflightPlan({ plan, campaign }: { plan: Preflight; campaign: CampaignView }) {
  const { t } = useTranslation();
  const format = useFormat(campaign.form.timeZone);
  const skipped = plan.skipped.filter(({ contacts }) => contacts > 0);
  const left = skipped.reduce((sum, { contacts }) => sum + contacts, 0);
  return (
    <div className={styles.plan} data-testid="preflight" data-state={plan.willBeDialled}>
      <dl className={styles.figures}>
        <div>
          <dt>{t("preflight.dialled")}</dt>
          <dd data-numeric="" data-testid="preflight-dialled">
            {format.number(plan.willBeDialled)}
            <small>{t("preflight.ofContacts", { total: format.number(plan.contacts) })}</small>
          </dd>
          <dd>{t("preflight.calls", { count: plan.calls })}</dd>
        </div>
        <div>
          <dt>{t("preflight.ends")}</dt>
          <dd data-numeric="" data-testid="preflight-ends">
            {plan.willBeDialled === 0 ? <None /> : plan.endsAt === null ? t("preflight.open") : format.time(plan.endsAt)}
          </dd>
          <dd>{plan.willBeDialled === 0 ? null : plan.endsAt === null ? t("preflight.notBy", { at: format.date(plan.lookedUntil) }) : format.dayLong(plan.endsAt)}</dd>
        </div>
        <div>
          <dt>{t("preflight.cost")}</dt>
          <dd data-numeric="" data-testid="preflight-cost">
            {format.money(plan.cost, 0)}
          </dd>
          <dd>{t("preflight.reached", { count: plan.reached })}</dd>
        </div>
      </dl>
      {plan.endsBy === null || plan.endsAt === null ? null : <p className={styles.soft}>{t("preflight.by", { at: format.dayTime(plan.endsBy) })}</p>}
      {left > 0 ? (
        <section className={styles.skipped}>
          <h3>{t("preflight.skipped", { count: left })}</h3>
          <ul>
            {skipped.map(({ reason, contacts }) => (
              <li key={reason} data-testid={`skip-${reason}`} data-state={contacts}>
                <strong data-numeric="">{format.number(contacts)}</strong>
                <span>{t(`skipReason.${reason}`)}</span>
                <RowsLink campaign={campaign} reason={reason} />
              </li>
            ))}
          </ul>
        </section>
      ) : plan.contacts > 0 ? (
        <p className={styles.soft}>{t("preflight.noneSkipped")}</p>
      ) : null}
      {plan.willBeDialled === 0 ? (
        <p className={styles.nobody}>
          <TriangleAlert aria-hidden />
          {t(plan.contacts === 0 ? "preflight.empty" : "preflight.nobody")}
        </p>
      ) : (
        <HoursChart hours={plan.hours.map(({ hour, calls }) => ({ at: hour, calls }))} zone={campaign.form.timeZone} />
      )}
      <Method plan={plan} />
    </div>
  );
}
