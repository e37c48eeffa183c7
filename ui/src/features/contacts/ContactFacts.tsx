import { Ban, Clock, ListOrdered, PhoneCall } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ContactDetail } from "../../bindings/ContactDetail";
import type { ContactView } from "../../bindings/ContactView";
import { Button } from "../../components/Button";
import { useFormat } from "../../components/useFormat";
import { phone } from "../../i18n/format";
import { None } from "../../table/Cells";
import styles from "./Contacts.module.css";
import { patternText } from "./patternText";
import { Detail, Details } from "./Details";
import { ForbidDialog } from "./ForbidDialog";
import { LocalTimeFact } from "./LocalTime";
import { Numbers } from "./Numbers";
import { prioritySentence } from "./priority";
import { AllowPrefixDialog, useAllow } from "./useAllow";

function Fact({ icon, children, testid, tone }: { icon: ReactNode; children: ReactNode; testid: string; tone?: "failed" }) {
  return (
    <li className={styles.fact} data-testid={testid} data-tone={tone}>
      {icon}
      <div>{children}</div>
    </li>
  );
}

function DoNotCallFact({ detail }: { detail: ContactDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const allow = useAllow();
  const [asking, setAsking] = useState<"forbid" | "allow" | null>(null);
  const { contact, doNotCall: entry } = detail;
  const forbid = (
    <Button size="small" icon={<Ban />} onClick={() => setAsking("forbid")} data-testid="forbid">
      {t(entry ? "contacts.forbidEverywhere" : "contacts.forbid")}
    </Button>
  );
  const dialog = asking === "forbid" ? <ForbidDialog initial={[contact.phone, ...contact.otherPhones].map(phone)} onClose={() => setAsking(null)} /> : null;
  if (!entry) {
    return (
      <Fact icon={<PhoneCall aria-hidden />} testid="contact-allowed">
        <p>{t("contacts.mayBeCalled")}</p>
        {forbid}
        {dialog}
      </Fact>
    );
  }
  return (
    <Fact icon={<Ban aria-hidden />} testid="contact-forbidden" tone="failed">
      <p>{entry.campaignName ? t("contacts.forbiddenIn", { campaign: entry.campaignName }) : t("contacts.forbidden")}</p>
      {entry.kind === "prefix" ? <p>{t("contacts.forbiddenPrefix", { prefix: patternText(entry) })}</p> : null}
      <p className={styles.soft}>{t("contacts.forbiddenSince", { at: format.date(entry.createdAt), source: t(`doNotCall.source.${entry.source}`) })}</p>
      {entry.note ? <p className={styles.soft}>{entry.note}</p> : null}
      <div className={styles.row}>
        <Button size="small" onClick={() => (entry.kind === "prefix" ? setAsking("allow") : void allow([entry]))} data-testid="allow">
          {t("doNotCall.allow")}
        </Button>
        {entry.campaignId === null ? null : forbid}
      </div>
      {dialog}
      {asking === "allow" ? <AllowPrefixDialog entry={entry} onClose={() => setAsking(null)} /> : null}
    </Fact>
  );
}

/** Where the contact stands: the time there, whether it may be called, why it is called when. */
export function ContactFacts({ detail }: { detail: ContactDetail }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.asideFacts}>
      <Fact icon={<Clock aria-hidden />} testid="contact-time">
        <LocalTimeFact contact={detail.contact} />
      </Fact>
      <DoNotCallFact detail={detail} />
      <Fact icon={<ListOrdered aria-hidden />} testid="contact-priority">
        <p>{`${prioritySentence(t, detail.priority)}.`}</p>
        <p className={styles.soft}>{t("priority.help")}</p>
      </Fact>
    </ul>
  );
}

/** What is written about the contact, to be read. */
export function ContactDetails({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Details testid="contact-details">
      {contact.otherPhones.length > 0 ? (
        <Detail name={t("contacts.field.otherPhones")}>
          <Numbers numbers={contact.otherPhones} />
        </Detail>
      ) : null}
      <Detail name={t("contacts.field.email")}>{contact.email ?? <None />}</Detail>
      <Detail name={t("contacts.field.organization")}>{contact.organization ?? <None />}</Detail>
      {Object.entries(contact.data).map(([name, value]) => (
        <Detail key={name} name={name}>
          {value}
        </Detail>
      ))}
      {contact.notes ? <Detail name={t("contacts.field.notes")}>{contact.notes}</Detail> : null}
      <Detail name={t("contacts.field.created")}>{format.date(contact.createdAt)}</Detail>
    </Details>
  );
}
