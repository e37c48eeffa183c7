import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { BasePromptForm } from "../../bindings/BasePromptForm";
import type { BasePromptView } from "../../bindings/BasePromptView";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Checker, type FieldIssues, TextAreaField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { Head, SettingsForm } from "./parts";

const LONGEST = 20_000;

function check({ ru, en }: BasePromptForm): FieldIssues {
  return new Checker().text("ru", ru, 0, LONGEST).text("en", en, 0, LONGEST).issues;
}

function Texts({ view }: { view: BasePromptView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm<BasePromptForm>({ initial: view.form, check });
  const save = () =>
    void form.submit(async (typed) => {
      const saved = await send(client, "base_prompt_update", { form: typed, baseRevision: view.revision });
      form.settle(saved.form);
      toast(t("form.saved"));
    });
  return (
    <SettingsForm form={form} testid="instructions-form" onSave={save}>
      <TextAreaField {...form.bind("ru")} rows={10} label={t("instructions.ru")} help={t("instructions.help")} placeholder={view.builtIn.ru} />
      <TextAreaField {...form.bind("en")} rows={10} label={t("instructions.en")} help={t("instructions.help")} placeholder={view.builtIn.en} />
    </SettingsForm>
  );
}

/** The base instructions that every prompt begins with. */
export function Instructions() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(query("base_prompt_get", {}));
  return (
    <div>
      <Head title={t("settings.instructions")} note={t("instructions.note")} />
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : data ? <Texts key={data.revision} view={data} /> : error ? null : <Loading />}
    </div>
  );
}
