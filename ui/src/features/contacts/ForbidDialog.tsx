import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { DoNotCallAdded } from "../../bindings/DoNotCallAdded";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { Banner } from "../../components/Feedback";
import { Checker, SelectField, TextAreaField, TextField, useForm } from "../../components/form";
import type { FieldProps } from "../../components/form/useForm";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import styles from "./Contacts.module.css";
import { ForbidResult } from "./ForbidResult";
import { breadth, readEntries, readPrefix } from "./prefix";

export const EVERYWHERE = "company";
const MOST_ENTRIES = 10_000;
/** From so many numbers on, a prefix is a country or the better part of it. */
const VERY_BROAD = 100_000_000;

/** Where numbers are forbidden: everywhere, or in one campaign. */
export function ScopeField(props: FieldProps<string>) {
  const { t } = useTranslation();
  const company = useCompany();
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: [], skillbaseId: null, search: null, cursor: null, limit: 200 }));
  return (
    <SelectField
      {...props}
      label={t("doNotCall.form.scope")}
      choices={[{ value: EVERYWHERE, label: t("doNotCall.everywhere") }, ...(campaigns.data?.items ?? []).map((campaign) => ({ value: campaign.id, label: campaign.form.name }))]}
    />
  );
}

export const scopeId = (scope: string) => (scope === EVERYWHERE ? null : scope);

function PrefixWarning({ prefixes }: { prefixes: readonly string[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  if (prefixes.length === 0) return null;
  return (
    <Banner tone="warning" testid="prefix-warning">
      {prefixes.slice(0, 3).map((entry) => {
        const prefix = entry.replace(/\s*\*$/, "");
        const read = readPrefix(entry, company.defaultRegion);
        const numbers = "digits" in read ? breadth(read.digits) : null;
        return (
          <p key={entry}>
            {"refused" in read ? t("doNotCall.form.prefixRefused", { prefix, reason: t(`rejects.${read.refused}`) }) : null}
            {"digits" in read && numbers === null ? t("doNotCall.form.prefixUnknown", { prefix }) : null}
            {numbers === null ? null : t("doNotCall.form.prefix", { prefix, numbers: format.number(numbers) })}
            {numbers !== null && numbers >= VERY_BROAD ? ` ${t("doNotCall.form.prefixCountry")}` : null}
          </p>
        );
      })}
      {prefixes.length > 3 ? <p>{t("doNotCall.form.prefixMore", { count: prefixes.length - 3 })}</p> : null}
    </Banner>
  );
}

interface Values {
  entries: string;
  scope: string;
  note: string;
}

function check({ entries, note }: Values) {
  const { numbers, prefixes } = readEntries(entries);
  const checker = new Checker().text("note", note, 0, 500);
  const count = numbers.length + prefixes.length;
  if (count === 0) checker.add("entries", "required");
  if (count > MOST_ENTRIES) checker.add("entries", "tooMany", { max: String(MOST_ENTRIES) });
  return checker.issues;
}

/** Forbids numbers: one per line, in any notation, a star at the end for all that begin so. */
export function ForbidDialog({ initial = [], onClose }: { initial?: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const form = useForm<Values>({ initial: { entries: initial.join("\n"), scope: EVERYWHERE, note: "" }, check });
  const [result, setResult] = useState<DoNotCallAdded | null>(null);
  const { numbers, prefixes } = readEntries(form.values.entries);
  const count = numbers.length + prefixes.length;
  const add = () =>
    form.submit(async ({ scope, note }) => {
      const added = await send(client, "do_not_call_add", { companyId: company.id, campaignId: scopeId(scope), entries: [...numbers, ...prefixes], note: note.trim() });
      if (added.refused > 0) setResult(added);
      else {
        const said = t("doNotCall.added", { count: added.added });
        toast(added.skippedTasks > 0 ? `${said}. ${t("doNotCall.result.skipped", { count: added.skippedTasks })}` : said);
        onClose();
      }
    });
  if (result) {
    return (
      <Dialog
        open
        onClose={onClose}
        testid="forbid"
        state="done"
        title={t("doNotCall.added", { count: result.added })}
        actions={
          <Button variant="primary" onClick={onClose} data-testid="done">
            {t("common.done")}
          </Button>
        }
      >
        <ForbidResult result={result} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      testid="forbid"
      title={t("doNotCall.form.title")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={form.busy} onClick={() => void add()} data-testid="confirm">
            {t("doNotCall.form.confirm", { count })}
          </Button>
        </>
      }
    >
      <form
        id={form.id}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextAreaField {...form.bind("entries")} label={t("doNotCall.form.entries")} help={t("doNotCall.form.entriesHelp")} rows={initial.length > 0 ? 3 : 6} placeholder={t("doNotCall.form.entriesHint")} />
        <PrefixWarning prefixes={prefixes} />
        <ScopeField {...form.bind("scope")} />
        <TextField {...form.bind("note")} label={t("doNotCall.form.note")} placeholder={t("doNotCall.form.noteHint")} />
        <p className={styles.soft}>{t("doNotCall.form.effect")}</p>
        {form.error ? <InlineFailure error={form.error} /> : null}
      </form>
    </Dialog>
  );
}
