import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { LimitsView } from "../../bindings/LimitsView";
import type { SettingsView } from "../../bindings/SettingsView";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Checker, NumberField, useForm } from "../../components/form";
import { BudgetBar } from "../../components/limits/BudgetBar";
import { UsageBar } from "../../components/limits/UsageBar";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { checkLimits, limitsValues, toLimitsForm } from "./limitsForm";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";
import { trunkName } from "./trunkName";

const SHOWN = ["system_at_once", "company_at_once"] as const;

/** What of every limit is used, from the rows that admission counts. */
function InUse({ limits, zone }: { limits: LimitsView; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const uses = SHOWN.flatMap((kind) => limits.uses.filter((use) => use.kind === kind));
  return (
    <section className={styles.uses} aria-label={t("limitsPage.inUse")} data-testid="limits-in-use">
      {uses.map(({ kind, used, limit, free }) => (
        <UsageBar key={kind} testid={`limit-${kind}`} label={t(`limitName.${kind}`)} used={used} limit={limit} text={t("limitsPage.of", { used: format.number(used), limit: format.number(limit) })} note={t("limitsPage.free", { count: free })} />
      ))}
      {limits.budgets.map((budget) => (
        <BudgetBar key={budget.kind} budget={budget} zone={zone} />
      ))}
      {limits.trunks.map((trunk) =>
        trunk.callsPerSecond === null ? null : (
          <UsageBar
            key={trunk.trunk}
            testid={`trunk-use-${trunk.trunk}`}
            label={t("limitsPage.trunk", { trunk: trunkName(t, trunk.trunk) })}
            used={trunk.startedLastSecond}
            limit={trunk.rate ?? trunk.callsPerSecond}
            text={t("limitsPage.of", { used: format.number(trunk.startedLastSecond), limit: format.number(trunk.rate ?? trunk.callsPerSecond, Number.isInteger(trunk.rate ?? 1) ? 0 : 1) })}
            note={trunk.recoveredAt === null ? t("limitsPage.perSecond") : t("limitsPage.slowed", { full: format.number(trunk.callsPerSecond), at: format.time(trunk.recoveredAt) })}
          />
        ),
      )}
    </section>
  );
}

function CompanyForm({ settings, limits }: { settings: SettingsView; limits: LimitsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { company } = settings;
  const form = useForm({ initial: limitsValues(limits.company), check: checkLimits });
  const save = () =>
    void form.submit(async (values) => {
      const saved = await send(client, "company_limits_update", { companyId: company.id, form: toLimitsForm(values, limits.company.holidays) });
      form.settle(limitsValues(saved.company));
      toast(t("form.saved"));
    });
  return (
    <SettingsForm form={form} testid="company-limit" onSave={save}>
      <div className={styles.formHead}>
        <h3>{t("limitsPage.company")}</h3>
        <p>{t("limitsPage.companyWho")}</p>
      </div>
      <div className={styles.two}>
        <NumberField {...form.bind("callsAtOnce")} label={t("limits.company")} help={t("limits.companyHelp")} unit={t("unit.calls")} wide />
        <NumberField {...form.bind("dailyBudget")} label={t("limitsPage.budget")} help={t("limitsPage.budgetHelp", { zone: company.timeZone.replaceAll("_", " ") })} unit={company.currency} placeholder={t("pace.none")} wide />
      </div>
      <div className={styles.formHead}>
        <h3>{t("limitsPage.numbers")}</h3>
        <p>{t("limitsPage.numbersNote")}</p>
      </div>
      <div className={styles.caps}>
        <NumberField {...form.bind("numberPerDay")} label={t("limitsPage.perDay")} unit={t("unit.calls")} placeholder="–" />
        <NumberField {...form.bind("numberPerWeek")} label={t("limitsPage.perWeek")} unit={t("unit.calls")} placeholder="–" />
        <NumberField {...form.bind("numberPerMonth")} label={t("limitsPage.perMonth")} unit={t("unit.calls")} placeholder="–" />
        <NumberField {...form.bind("minimumGapMinutes")} label={t("limitsPage.gap")} unit={t("unit.minutes")} />
      </div>
    </SettingsForm>
  );
}

interface SystemValues {
  callsAtOnce: string;
}

const checkSystem = (values: SystemValues) => new Checker().whole("callsAtOnce", values.callsAtOnce, 1, 10_000).issues;

function SystemForm({ limits }: { limits: LimitsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm<SystemValues>({ initial: { callsAtOnce: String(limits.system.callsAtOnce) }, check: checkSystem });
  const save = () =>
    void form.submit(async (values) => {
      const saved = await send(client, "system_limits_update", { callsAtOnce: Number(values.callsAtOnce) });
      form.settle({ callsAtOnce: String(saved.callsAtOnce) });
      toast(t("form.saved"));
    });
  return (
    <SettingsForm form={form} testid="system-limit" onSave={save}>
      <div className={styles.formHead}>
        <h3>{t("limitsPage.system")}</h3>
        <p>{t("limitsPage.systemWho")}</p>
      </div>
      <NumberField {...form.bind("callsAtOnce")} label={t("limits.system")} help={t("limits.systemHelp")} unit={t("unit.calls")} wide />
    </SettingsForm>
  );
}

export function Limits({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(query("limits_get", { companyId: settings.company.id, campaignId: null }));
  return (
    <div>
      <Head title={t("settings.limits")} note={t("limitsPage.note")} />
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          <InUse limits={data} zone={settings.company.timeZone} />
          <div className={styles.block}>
            <CompanyForm settings={settings} limits={data} />
          </div>
          <div className={styles.block}>
            <SystemForm limits={data} />
          </div>
        </>
      ) : error ? null : (
        <Loading />
      )}
    </div>
  );
}
