import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { EllipsisVertical, ListPlus, Pencil, PhoneOutgoing, Trash2 } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Pages, query } from "../../api";
import type { CallView } from "../../bindings/CallView";
import type { ContactDetail } from "../../bindings/ContactDetail";
import { Button, IconButton } from "../../components/Button";
import { type Callee, CallNowDialog } from "../../components/calling/CallNowDialog";
import { type DeskCommand, useCommands } from "../../components/commands";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Menu } from "../../components/Menu";
import { Page, Section } from "../../components/Page";
import { phone } from "../../i18n/format";
import { CallsTable } from "../../table/CallsTable";
import { CallDialog } from "./CallDialog";
import { ContactEditor } from "./ContactEditor";
import { ContactDetails, ContactFacts } from "./ContactFacts";
import styles from "./Contacts.module.css";
import { ContactTasks } from "./ContactTasks";
import { DeleteDialog } from "./DeleteDialog";
import { TagChips } from "./TagsField";

/** The host gives the newest ones; more are found under Calls. */
const MOST_CALLS = 100;

function History({ detail }: { detail: ContactDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { calls } = detail;
  const pages = useMemo((): Pages<CallView> => ({ rows: calls, total: calls.length, loading: false, error: null, look: () => undefined, retry: () => undefined }), [calls]);
  return (
    <Section title={t("contacts.history", { count: detail.contact.calls })} note={calls.length >= MOST_CALLS ? t("contacts.historyNewest", { most: MOST_CALLS }) : undefined} testid="contact-calls">
      {calls.length === 0 ? (
        <p className={styles.soft}>{t("contacts.neverCalled")}</p>
      ) : (
        <div className={styles.bleed}>
          <CallsTable pages={pages} oneContact={detail.contact.otherPhones.length === 0} inline onOpen={(call) => void navigate({ to: "/calls/$callId", params: { callId: call.id } })} />
        </div>
      )}
    </Section>
  );
}

function Loaded({ detail }: { detail: ContactDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { edit = false } = useSearch({ from: "/contacts/$contactId" });
  const [asked, setAsked] = useState<"now" | "call" | "delete" | null>(null);
  const { contact } = detail;
  const contactId = contact.id;
  const setEdit = useCallback((next: boolean) => void navigate({ to: "/contacts/$contactId", params: { contactId }, search: next ? { edit: true } : {}, replace: !next }), [navigate, contactId]);
  const commands = useMemo((): DeskCommand[] => (edit ? [] : [{ id: "edit-contact", title: "contacts.command.edit", group: "do", keys: { codes: ["KeyE"] }, run: () => setEdit(true) }]), [edit, setEdit]);
  useCommands(commands);
  const selection = useMemo(() => ({ type: "ids" as const, ids: [contactId] }), [contactId]);
  const name = contact.name ?? phone(contact.phone);
  // Of the campaigns that have the contact, the one that still waits is the most likely.
  const waiting = detail.tasks.find(({ status }) => status === "pending" || status === "retry");
  const callee: Callee = { contactId, name: contact.name, phones: [contact.phone, ...contact.otherPhones], ...(waiting ? { campaignId: waiting.campaignId } : {}) };
  return (
    <Page
      testid="page-contact"
      title={<span title={name}>{name}</span>}
      badges={contact.tags.length > 0 ? <TagChips tags={contact.tags} letters={48} /> : null}
      note={contact.name ? phone(contact.phone) : undefined}
      actions={
        <>
          <Button icon={<PhoneOutgoing />} onClick={() => setAsked("now")} data-testid="call-now-button">
            {t("callNow.button")}
          </Button>
          <Button icon={<ListPlus />} onClick={() => setAsked("call")} data-testid="contact-call">
            {t("contacts.call.one")}
          </Button>
          {edit ? null : (
            <Button variant="primary" icon={<Pencil />} onClick={() => setEdit(true)} data-testid="contact-edit">
              {t("contacts.edit")}
            </Button>
          )}
          <Menu
            label={t("contacts.more")}
            trigger={<IconButton label={t("contacts.more")} icon={<EllipsisVertical />} data-testid="contact-menu" />}
            items={[{ id: "delete", label: t("contacts.delete.button"), icon: <Trash2 />, danger: true, run: () => setAsked("delete") }]}
          />
        </>
      }
    >
      {edit ? (
        <ContactEditor contact={contact} aside={<ContactFacts detail={detail} />} onClose={() => setEdit(false)} />
      ) : (
        <>
          <div className={styles.columns}>
            <ContactDetails contact={contact} />
            <ContactFacts detail={detail} />
          </div>
          <ContactTasks contactId={contactId} tasks={detail.tasks} />
          <History detail={detail} />
        </>
      )}
      {asked === "now" ? <CallNowDialog callee={callee} onClose={() => setAsked(null)} /> : null}
      {asked === "call" ? <CallDialog selection={selection} count={1} onClose={() => setAsked(null)} /> : null}
      {asked === "delete" ? <DeleteDialog selection={selection} count={1} onClose={() => setAsked(null)} onDone={() => void navigate({ to: "/contacts" })} /> : null}
    </Page>
  );
}

export function ContactPage() {
  const company = useCompany();
  const { contactId } = useParams({ from: "/contacts/$contactId" });
  const { data, error, refetch } = useQuery(query("contact_get", { companyId: company.id, contactId }));
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Page title="…" testid="page-contact" state="loading">
        <Loading />
      </Page>
    );
  }
  return <Loaded key={contactId} detail={data} />;
}
