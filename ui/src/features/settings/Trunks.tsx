import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, Cable, ShieldCheck, Turtle } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { SettingsView } from "../../bindings/SettingsView";
import type { TrunkView } from "../../bindings/TrunkView";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { Checker, NumberField, useForm } from "../../components/form";
import { BreakerPanel } from "../../components/limits/Breaker";
import { UsageBar } from "../../components/limits/UsageBar";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";
import { trunkName } from "./trunkName";

interface Values {
  callsPerSecond: string;
}

const text = (rate: number | null) => (rate === null ? "" : String(rate));

/** Only the practice line may do without a limit. */
const checkFor = (practice: boolean) => (values: Values) => (practice && values.callsPerSecond.trim() === "" ? {} : new Checker().whole("callsPerSecond", values.callsPerSecond, 1, 100).issues);
const checkPractice = checkFor(true);
const checkReal = checkFor(false);

function Trunk({ trunk, settings }: { trunk: TrunkView; settings: SettingsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const format = useFormat(settings.company.timeZone);
  const practice = trunk.line === "practice";
  const form = useForm<Values>({ initial: { callsPerSecond: text(trunk.callsPerSecond) }, check: practice ? checkPractice : checkReal });
  const save = () =>
    void form.submit(async (values) => {
      const wanted = values.callsPerSecond.trim() === "" ? null : Number(values.callsPerSecond);
      const saved = await send(client, "trunk_limits_update", { companyId: settings.company.id, line: trunk.line, trunk: trunk.trunk, callsPerSecond: wanted });
      form.settle({ callsPerSecond: text(saved.trunks.find((one) => one.trunk === trunk.trunk)?.callsPerSecond ?? wanted) });
      toast(t("form.saved"));
    });
  const rate = trunk.rate ?? trunk.callsPerSecond;
  const Icon = practice ? Bot : Cable;
  return (
    <article className={styles.trunk} data-testid={`trunk-${trunk.trunk}`} data-state={trunk.breaker.state}>
      <header>
        <Icon aria-hidden />
        <h3>{trunkName(t, trunk.trunk)}</h3>
        <span className={styles.soft}>{practice ? t("trunks.practice") : t("line.livekit")}</span>
      </header>
      {rate === null ? (
        <p className={styles.soft}>{t("trunks.unlimited", { count: trunk.startedLastSecond })}</p>
      ) : (
        <UsageBar testid={`trunk-use-${trunk.trunk}`} label={t("trunks.now")} used={trunk.startedLastSecond} limit={rate} text={t("limitsPage.of", { used: format.number(trunk.startedLastSecond), limit: format.number(rate, Number.isInteger(rate) ? 0 : 1) })} />
      )}
      {trunk.slowedAt !== null && trunk.recoveredAt !== null ? (
        <p className={styles.slowed} data-testid="trunk-slowed">
          <Turtle aria-hidden />
          <span>
            {t("trunks.slowed", { at: format.time(trunk.slowedAt), full: format.time(trunk.recoveredAt) })}
            {trunk.slowedBecause === null ? null : <small>{trunk.slowedBecause}</small>}
          </span>
        </p>
      ) : null}
      {trunk.breaker.state === "closed" && trunk.breaker.openedAt === null ? (
        <p className={styles.healthy}>
          <ShieldCheck aria-hidden />
          {t("breaker.neverOpened")}
        </p>
      ) : (
        <BreakerPanel breaker={trunk.breaker} />
      )}
      <SettingsForm form={form} testid={`trunk-form-${trunk.trunk}`} onSave={save}>
        <NumberField {...form.bind("callsPerSecond")} label={t("trunks.perSecond")} help={t(practice ? "trunks.practiceHelp" : "trunks.perSecondHelp")} unit={t("trunks.unit")} {...(practice ? { placeholder: t("pace.none") } : {})} wide />
      </SettingsForm>
    </article>
  );
}

/** Carrier connections: how fast each may dial, how it is, and what has stopped it. */
export function Trunks({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(query("limits_get", { companyId: settings.company.id, campaignId: null }));
  return (
    <div>
      <Head title={t("settings.trunks")} note={t("trunks.note")} />
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data?.trunks.length === 0 ? <Empty icon={Cable} title={t("trunks.empty")} text={t("trunks.emptyText")} /> : null}
      {data ? data.trunks.map((trunk) => <Trunk key={trunk.trunk} trunk={trunk} settings={settings} />) : error ? null : <Loading />}
    </div>
  );
}
