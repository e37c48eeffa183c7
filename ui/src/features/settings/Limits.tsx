import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { SettingsView } from "../../bindings/SettingsView";
import { Checker, NumberField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

const HIGH = 0.7;

/** How much of a limit is in use now. */
function Meter({ used, limit }: { used: number; limit: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = Math.min(1, used / limit);
  return (
    <div className={styles.meter}>
      <span>
        <i data-level={share >= 1 ? "full" : share >= HIGH ? "high" : "free"} style={{ width: `${share * 100}%` }} />
      </span>
      <small>{t("limits.used", { used: format.number(used), limit: format.number(limit) })}</small>
    </div>
  );
}

interface Values {
  callsAtOnce: string;
}

const check = (values: Values) => new Checker().whole("callsAtOnce", values.callsAtOnce, 1, 10_000).issues;

function LimitForm({ testid, label, help, limit, used, onSave }: { testid: string; label: string; help: string; limit: number; used: number; onSave: (limit: number) => Promise<number> }) {
  const { t } = useTranslation();
  const form = useForm<Values>({ initial: { callsAtOnce: String(limit) }, check });
  const save = () =>
    void form.submit(async (values) => {
      form.settle({ callsAtOnce: String(await onSave(Number(values.callsAtOnce))) });
      toast(t("form.saved"));
    });
  return (
    <SettingsForm form={form} testid={testid} onSave={save}>
      <div>
        <NumberField {...form.bind("callsAtOnce")} label={label} help={help} unit={t("unit.calls")} wide />
        <Meter used={used} limit={limit} />
      </div>
    </SettingsForm>
  );
}

export function Limits({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { company, system } = settings;
  return (
    <div>
      <Head title={t("settings.limits")} note={t("limits.note")} />
      <LimitForm
        testid="company-limit"
        label={t("limits.company")}
        help={t("limits.companyHelp")}
        limit={company.callsAtOnce}
        used={settings.companyCallsInProgress}
        onSave={async (callsAtOnce) => {
          const { id, ...form } = company;
          const saved = await send(client, "company_update", { companyId: id, form: { ...form, callsAtOnce } });
          return saved.callsAtOnce;
        }}
      />
      <div className={styles.block}>
        <LimitForm
          testid="system-limit"
          label={t("limits.system")}
          help={t("limits.systemHelp")}
          limit={system.callsAtOnce}
          used={settings.systemCallsInProgress}
          onSave={async (callsAtOnce) => (await send(client, "system_limits_update", { callsAtOnce })).callsAtOnce}
        />
      </div>
    </div>
  );
}
