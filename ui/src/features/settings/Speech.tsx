import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { ProviderKey } from "../../bindings/ProviderKey";
import type { ProvidersForm } from "../../bindings/ProvidersForm";
import type { ProvidersView } from "../../bindings/ProvidersView";
import type { SettingsView } from "../../bindings/SettingsView";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { type FieldIssues, TextField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { Head, SettingsForm } from "./parts";
import styles from "./Settings.module.css";

type Values = ProvidersForm & Record<ProviderKey, string>;

const KEYS: readonly ProviderKey[] = ["llm", "cartesia", "elevenlabs", "openai_speech"];
const FIELDS = [
  ["llm", "llmUrl"],
  ["cartesia", "cartesiaUrl"],
  ["elevenlabs", "elevenlabsUrl"],
  ["openai_speech", "openaiSpeechUrl"],
] as const;

const check = (): FieldIssues => ({});
const values = ({ form }: ProvidersView): Values => ({ ...form, llm: "", cartesia: "", elevenlabs: "", openai_speech: "" });

/** Keys go to the keyring and never come back; an empty field leaves the stored one. */
function toUpdate(companyId: string, { llm, cartesia, elevenlabs, openai_speech, ...form }: Values) {
  const typed: Record<ProviderKey, string> = { llm, cartesia, elevenlabs, openai_speech };
  return { companyId, form, secrets: KEYS.flatMap((key) => (typed[key].trim() === "" ? [] : [{ key, value: typed[key].trim() }])) };
}

function Providers({ settings, view }: { settings: SettingsView; view: ProvidersView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm<Values>({ initial: values(view), check });
  const save = () =>
    void form.submit(async (typed) => {
      const saved = await send(client, "providers_update", toUpdate(settings.company.id, typed));
      form.settle(values(saved));
      toast(t("form.saved"));
    });
  return (
    <SettingsForm form={form} testid="providers-form" onSave={save}>
      {FIELDS.map(([key, url]) => (
        <div key={key} className={styles.stack}>
          <h3>{t(`speech.${key}`)}</h3>
          <div className={styles.two}>
            <TextField {...form.bind(url)} mono label={t("speech.address")} help={key === "llm" ? t("speech.llmHelp") : undefined} placeholder="https://" />
            <TextField {...form.bind(key)} type="password" label={t("speech.key")} help={view.storedKeys.includes(key) ? t("speech.keyStored") : key === "llm" ? t("speech.keyHelp") : undefined} placeholder={view.storedKeys.includes(key) ? "••••••••" : ""} />
            {key === "llm" ? <TextField {...form.bind("llmModel")} mono label={t("speech.model")} help={t("speech.modelHelp")} /> : null}
          </div>
        </div>
      ))}
    </SettingsForm>
  );
}

/** Where the language model and the voices of the sandbox and the previews are. */
export function Speech({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(query("providers_get", { companyId: settings.company.id }));
  return (
    <div>
      <Head title={t("settings.speech")} note={t("speech.note")} />
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : data ? <Providers settings={settings} view={data} /> : error ? null : <Loading />}
    </div>
  );
}
