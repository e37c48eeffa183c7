import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, PhoneOutgoing } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send, toIpcError, type IpcError } from "../../api";
import type { LineCheck } from "../../bindings/LineCheck";
import type { SettingsView } from "../../bindings/SettingsView";
import { Button } from "../../components/Button";
import { InlineFailure } from "../../components/Failure";
import { Banner } from "../../components/Feedback";
import { NumberField, TextField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { checkLine, lineValues, secretsOf, toLineForm } from "./lineForm";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

/** What trying the line showed; a wrong key and a wrong address are told apart by the fault. */
function CheckResult({ check }: { check: LineCheck }) {
  const { t } = useTranslation();
  const format = useFormat();
  const fault = check.fault ?? "refused";
  return (
    <div className={styles.result} data-testid="line-check" data-state={check.ok ? "ok" : fault}>
      <Banner tone={check.ok ? "good" : "failure"}>
        {check.ok ? t("line.checkOk", { at: format.time(check.checkedAt) }) : t(`errors.line.${fault}`, { defaultValue: check.detail ?? fault })}
        {!check.ok && check.detail ? <small>{check.detail}</small> : null}
      </Banner>
    </div>
  );
}

export function Line({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const app = useQuery(query("app_info", {}));
  const stored = settings.livekitSecretsStored;
  const check = useMemo(() => checkLine(stored), [stored]);
  const form = useForm({ initial: lineValues(settings.line), check });
  const [result, setResult] = useState<LineCheck | null>(null);
  const [refused, setRefused] = useState<IpcError | null>(null);
  const [checking, setChecking] = useState(false);
  const { values } = form;
  const livekit = values.kind === "livekit";

  const tryLine = async () => {
    setChecking(true);
    setResult(null);
    setRefused(null);
    try {
      setResult(await send(client, "line_check", { companyId: settings.company.id, line: toLineForm(values, settings.line), secrets: secretsOf(values) }));
    } catch (thrown) {
      setRefused(toIpcError(thrown));
    } finally {
      setChecking(false);
    }
  };
  const save = () =>
    void form.submit(async (typed) => {
      const saved = await send(client, "line_update", { companyId: settings.company.id, line: toLineForm(typed, settings.line), secrets: secretsOf(typed) });
      form.settle(lineValues(saved.line));
      toast(t("form.saved"));
    });
  return (
    <div>
      <Head title={t("settings.line")} note={t("line.note")} />
      <SettingsForm
        form={form}
        testid="line-form"
        onSave={save}
        extra={
          <Button busy={checking} onClick={() => void tryLine()} data-testid="line-check-button">
            {t("line.check")}
          </Button>
        }
      >
        <RadioGroup value={values.kind} onValueChange={(kind) => form.set({ kind: kind === "livekit" ? "livekit" : "practice" })} className={styles.choices} aria-label={t("settings.line")}>
          <Radio.Root value="practice" className={styles.choice} nativeButton render={<button type="button" />} data-testid="line-practice">
            <strong>
              <Bot size={16} aria-hidden />
              {t("line.practice")}
            </strong>
            <span>{t("line.practiceHint")}</span>
          </Radio.Root>
          <Radio.Root value="livekit" className={styles.choice} nativeButton render={<button type="button" />} data-testid="line-livekit">
            <strong>
              <PhoneOutgoing size={16} aria-hidden />
              {t("line.livekit")}
            </strong>
            <span>{t("line.livekitHint")}</span>
          </Radio.Root>
        </RadioGroup>
        {livekit ? (
          <>
            <TextField {...form.bind("url")} label={t("line.url")} help={t("line.urlHelp")} placeholder={"wss://"} mono spellCheck={false} />
            <div className={styles.two}>
              <TextField {...form.bind("apiKey")} label={t("line.apiKey")} help={stored ? t("line.keyStored") : undefined} mono spellCheck={false} />
              <TextField
                {...form.bind("apiSecret")}
                type="password"
                label={t("line.apiSecret")}
                help={app.data?.keyring === false ? t("line.secretVolatile") : t("line.secretHelp")}
                autoComplete="new-password"
                mono
              />
              <TextField {...form.bind("trunkId")} label={t("line.trunk")} help={t("line.trunkHelp")} placeholder={"ST_"} mono spellCheck={false} />
              <TextField {...form.bind("agentName")} label={t("line.agent")} help={t("line.agentHelp")} mono spellCheck={false} />
              <TextField {...form.bind("callerNumber")} label={t("line.caller")} help={t("line.callerHelp")} placeholder={"+"} />
              <span />
              <NumberField {...form.bind("ringSeconds")} label={t("line.ring")} unit={t("unit.seconds")} />
              <NumberField {...form.bind("maxCallSeconds")} label={t("line.maxCall")} unit={t("unit.seconds")} />
            </div>
          </>
        ) : (
          <div className={styles.two}>
            <NumberField {...form.bind("speed")} label={t("line.speed")} help={t("line.speedHelp")} unit={t("unit.times")} />
            <NumberField {...form.bind("seed")} label={t("line.seed")} help={t("line.seedHelp")} wide />
          </div>
        )}
        {result ? <CheckResult check={result} /> : null}
        {refused ? <InlineFailure error={refused} /> : null}
      </SettingsForm>
    </div>
  );
}
