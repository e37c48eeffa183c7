import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useQueryClient } from "@tanstack/react-query";
import { FileStack, Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import { Button } from "../../components/Button";
import { InlineFailure } from "../../components/Failure";
import { Checker, SearchField, SegmentedField, systemZone, TextField, useForm, zoneChoices } from "../../components/form";
import { prefer, usePreferences } from "../../components/preferences";
import { useFormat } from "../../components/useFormat";
import { LANGUAGES } from "../../i18n";
import styles from "./Setup.module.css";

interface Values {
  companyName: string;
  timeZone: string;
  start: string;
}

const check = (values: Values) => new Checker().text("companyName", values.companyName, 1, 255).zone("timeZone", values.timeZone).issues;

const STARTS = [
  ["sample", Sparkles],
  ["empty", FileStack],
] as const;

/** First run: three answers, then the desk. */
export function Setup({ onDone }: { onDone: (campaignId: string | null) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { language } = usePreferences();
  const form = useForm<Values>({ initial: { companyName: "", timeZone: systemZone(), start: "sample" }, check });
  const finish = () =>
    form.submit(async ({ companyName, timeZone, start }) => {
      const done = await send(client, "setup_finish", { companyName: companyName.trim(), timeZone, language, sample: start === "sample" });
      prefer({ companyId: done.company.id });
      onDone(done.campaign?.id ?? null);
    });
  return (
    <main className={styles.screen} data-testid="setup">
      <form
        id={form.id}
        noValidate
        className={styles.sheet}
        onSubmit={(event) => {
          event.preventDefault();
          void finish();
        }}
      >
        <header>
          <img src="/icon.svg" alt="" width={40} height={40} />
          <SegmentedField
            id="setup-language"
            name="language"
            label={t("appearance.language")}
            value={language}
            issue={undefined}
            onBlur={() => undefined}
            onChange={(next) => prefer({ language: LANGUAGES.find((known) => known === next) ?? language })}
            choices={LANGUAGES.map((value) => ({ value, label: t(`language.own.${value}`) }))}
          />
        </header>
        <h1>{t("setup.title")}</h1>
        <p>{t("setup.text")}</p>
        <TextField {...form.bind("companyName")} label={t("setup.companyName")} autoFocus />
        <SearchField {...form.bind("timeZone")} label={t("company.timeZone")} help={t("company.timeZoneHelp")} choices={zoneChoices(format.language)} />
        <RadioGroup value={form.values.start} onValueChange={(start) => form.set({ start: String(start) })} className={styles.starts} aria-label={t("setup.how")}>
          {STARTS.map(([start, Icon]) => (
            <Radio.Root key={start} value={start} className={styles.start} nativeButton render={<button type="button" />} data-testid={`setup-${start}`}>
              <Icon aria-hidden strokeWidth={1.75} />
              <strong>{t(`setup.${start}`)}</strong>
              <span>{t(`setup.${start}Text`)}</span>
            </Radio.Root>
          ))}
        </RadioGroup>
        {form.error ? <InlineFailure error={form.error} /> : null}
        <Button type="submit" variant="primary" size="large" busy={form.busy} data-testid="setup-finish">
          {form.values.start === "sample" ? t("setup.finishSample") : t("setup.finishEmpty")}
        </Button>
      </form>
    </main>
  );
}
