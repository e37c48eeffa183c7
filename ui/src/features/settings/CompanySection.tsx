import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { CompanyForm } from "../../bindings/CompanyForm";
import type { SettingsView } from "../../bindings/SettingsView";
import { Button } from "../../components/Button";
import { Checker, currencyChoices, NumberField, regionChoices, SearchField, systemZone, TextField, useForm, zoneChoices } from "../../components/form";
import { prefer } from "../../components/preferences";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

type Values = Record<keyof CompanyForm, string>;

const check = (values: Values) =>
  new Checker()
    .text("name", values.name, 1, 255)
    .zone("timeZone", values.timeZone)
    .text("defaultRegion", values.defaultRegion, 1, 2)
    .text("currency", values.currency, 1, 3)
    .whole("callsAtOnce", values.callsAtOnce, 1, 10_000).issues;

const toForm = (values: Values): CompanyForm => ({ ...values, name: values.name.trim(), callsAtOnce: Number(values.callsAtOnce) });

const DEFAULT_CALLS_AT_ONCE = "50";

export function CompanySection({ settings }: { settings: SettingsView }) {
  const search = useSearch({ from: "/settings/$section" });
  return <Editor settings={settings} create={search.new === true} key={String(search.new)} />;
}

function Editor({ settings, create }: { settings: SettingsView; create: boolean }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, ...stored } = settings.company;
  const fresh: Values = { name: "", timeZone: systemZone(), defaultRegion: stored.defaultRegion, currency: stored.currency, callsAtOnce: DEFAULT_CALLS_AT_ONCE };
  const form = useForm<Values>({ initial: create ? fresh : { ...stored, callsAtOnce: String(stored.callsAtOnce) }, check });
  const save = () =>
    void form.submit(async (values) => {
      if (create) {
        const made = await send(client, "company_create", toForm(values));
        toast(t("company.created", { name: made.name }));
        prefer({ companyId: made.id });
        void navigate({ to: "/" });
        return;
      }
      const { id: _, ...saved } = await send(client, "company_update", { companyId: id, form: toForm(values) });
      form.settle({ ...saved, callsAtOnce: String(saved.callsAtOnce) });
      toast(t("form.saved"));
    });
  return (
    <div>
      <Head title={create ? t("company.newTitle") : t("settings.company")} note={t("company.note")} />
      <SettingsForm
        form={form}
        testid="company-form"
        onSave={save}
        saveLabel={create ? t("company.create") : t("form.save")}
        extra={create ? <Button onClick={() => void navigate({ to: "/settings/$section", params: { section: "company" } })}>{t("common.cancel")}</Button> : null}
      >
        <TextField {...form.bind("name")} label={t("company.name")} autoFocus={create} />
        <SearchField {...form.bind("timeZone")} label={t("company.timeZone")} help={t("company.timeZoneHelp")} choices={zoneChoices(language)} />
        <div className={styles.two}>
          <SearchField {...form.bind("defaultRegion")} label={t("company.region")} help={t("company.regionHelp")} choices={regionChoices(language)} />
          <SearchField {...form.bind("currency")} label={t("company.currency")} choices={currencyChoices(language)} />
        </div>
        <NumberField {...form.bind("callsAtOnce")} label={t("company.callsAtOnce")} help={t("limits.companyHelp")} unit={t("unit.calls")} wide />
      </SettingsForm>
    </div>
  );
}
