import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../api";
import type { ContactView } from "../../bindings/ContactView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { toast } from "../../components/toasts";
import { useFormat } from "../../components/useFormat";
import { phone } from "../../i18n/format";
import styles from "./Dialogs.module.css";
import { Detail, Details } from "./Details";
import { bestToKeep, merged } from "./merge";
import { Numbers } from "./Numbers";
import { TagList } from "./TagsField";

function Choice({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [contact.name ? phone(contact.phone) : null, contact.organization, contact.email, t("count.calls", { count: contact.calls }).replaceAll(" ", "\u00a0"), t("contacts.merge.since", { at: format.date(contact.createdAt) })];
  return (
    <label className={styles.mergeChoice} htmlFor={`merge-${contact.id}`}>
      <Radio.Root id={`merge-${contact.id}`} value={contact.id} className={styles.radio} data-testid="merge-keep">
        <Radio.Indicator className={styles.radioDot} />
      </Radio.Root>
      <span>
        <strong>{contact.name ?? phone(contact.phone)}</strong>
        <small>{facts.filter((fact) => fact !== null).join(" · ")}</small>
      </span>
    </label>
  );
}

function Result({ keep, others }: { keep: ContactView; others: readonly ContactView[] }) {
  const { t } = useTranslation();
  const result = merged(keep, others);
  return (
    <Details testid="merge-result">
      {result.name ? <Detail name={t("contacts.field.name")}>{result.name}</Detail> : null}
      <Detail name={t("contacts.field.phone")}>{phone(result.phone)}</Detail>
      <Detail name={t("contacts.field.otherPhones")}>
        <Numbers numbers={result.otherPhones} />
      </Detail>
      {result.email ? <Detail name={t("contacts.field.email")}>{result.email}</Detail> : null}
      {result.organization ? <Detail name={t("contacts.field.organization")}>{result.organization}</Detail> : null}
      {result.tags.length > 0 ? (
        <Detail name={t("contacts.field.tags")}>
          <TagList tags={result.tags} />
        </Detail>
      ) : null}
    </Details>
  );
}

export function MergeDialog({ ids, onClose, onDone }: { ids: readonly string[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { contacts, failure } = useQueries({
    queries: ids.map((contactId) => query("contact_get", { companyId: company.id, contactId })),
    combine: (answers) => ({ contacts: answers.flatMap(({ data }) => (data ? [data.contact] : [])), failure: answers.find(({ error }) => error)?.error ?? null }),
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const [error, setError] = useState<IpcError | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = contacts.length === ids.length;
  const keep = contacts.find(({ id }) => id === chosen) ?? (ready ? bestToKeep(contacts) : undefined);
  const others = contacts.filter(({ id }) => id !== keep?.id);

  const confirm = async (keepId: string) => {
    setBusy(true);
    setError(null);
    try {
      const result = await send(client, "contact_merge", { companyId: company.id, keep: keepId, others: others.map(({ id }) => id) });
      toast(t("contacts.merge.done", { count: ids.length, name: result.name ?? phone(result.phone) }));
      onDone();
      onClose();
      void navigate({ to: "/contacts/$contactId", params: { contactId: result.id } });
    } catch (thrown) {
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const shown = error ?? failure;
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      testid="contacts-merge"
      title={t("contacts.merge.title", { count: ids.length })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={busy} disabled={!ready || !keep} onClick={() => (keep ? void confirm(keep.id) : undefined)} data-testid="confirm">
            {t("contacts.merge.confirm", { count: ids.length })}
          </Button>
        </>
      }
    >
      {ready && keep ? (
        <div className={styles.merge}>
          <section>
            <h3 id="merge-which">{t("contacts.merge.which")}</h3>
            <RadioGroup value={keep.id} onValueChange={(next) => setChosen(String(next))} aria-labelledby="merge-which" className={styles.mergeChoices}>
              {contacts.map((contact) => (
                <Choice key={contact.id} contact={contact} />
              ))}
            </RadioGroup>
          </section>
          <section>
            <h3>{t("contacts.merge.result")}</h3>
            <Result keep={keep} others={others} />
          </section>
          <p>{t("contacts.merge.effect")}</p>
        </div>
      ) : null}
      {!ready && !shown ? <Loading rows={4} /> : null}
      {shown ? <InlineFailure error={shown} /> : null}
    </Dialog>
  );
}
