import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { PricesForm } from "../../bindings/PricesForm";
import type { SettingsView } from "../../bindings/SettingsView";
import { Checker, currencyChoices, type FieldIssues, NumberField, SearchField, SegmentedField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

type Values = Record<keyof PricesForm, string>;

const AMOUNTS = ["stt", "llmInputPerMillionTokens", "llmOutputPerMillionTokens", "ttsPerThousandCharacters", "linePerMinute"] as const;

function check(values: Values): FieldIssues {
  const checker = new Checker().text("currency", values.currency, 1, 3);
  for (const name of AMOUNTS) checker.price(name, values[name]);
  return checker.issues;
}

/** The wire wants a point; people type either. */
function toPrices(values: Values): PricesForm {
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, values[name].trim().replace(",", ".")])) as Record<(typeof AMOUNTS)[number], string>;
  return { ...amounts, currency: values.currency, sttUnit: values.sttUnit === "minute" ? "minute" : "second" };
}

export function Prices({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const client = useQueryClient();
  const form = useForm<Values>({ initial: settings.prices, check });
  const { currency } = form.values;
  const save = () =>
    void form.submit(async (values) => {
      const saved = await send(client, "prices_update", { companyId: settings.company.id, prices: toPrices(values) });
      form.settle(saved.prices);
      toast(t("form.saved"));
    });
  return (
    <div>
      <Head title={t("settings.prices")} note={t("prices.note")} />
      <SettingsForm form={form} testid="prices-form" onSave={save}>
        <SearchField {...form.bind("currency")} label={t("prices.currency")} choices={currencyChoices(language)} />
        <div className={styles.two}>
          <NumberField {...form.bind("stt")} wide label={t("prices.stt")} unit={t(form.values.sttUnit === "minute" ? "prices.perMinute" : "prices.perSecond", { currency })} />
          <SegmentedField
            {...form.bind("sttUnit")}
            label={t("prices.sttUnit")}
            choices={[
              { value: "second", label: t("prices.unitSecond") },
              { value: "minute", label: t("prices.unitMinute") },
            ]}
          />
          <NumberField {...form.bind("llmInputPerMillionTokens")} wide label={t("prices.llmInput")} unit={t("prices.perMillion", { currency })} />
          <NumberField {...form.bind("llmOutputPerMillionTokens")} wide label={t("prices.llmOutput")} unit={t("prices.perMillion", { currency })} />
          <NumberField {...form.bind("ttsPerThousandCharacters")} wide label={t("prices.tts")} unit={t("prices.perThousand", { currency })} />
          <NumberField {...form.bind("linePerMinute")} wide label={t("prices.line")} unit={t("prices.perMinute", { currency })} />
        </div>
      </SettingsForm>
    </div>
  );
}
