import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ContactRound, FileUp, PhoneOutgoing, UserPlus } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Pages, usePages } from "../../api";
import type { ContactView } from "../../bindings/ContactView";
import { Button, IconButton } from "../../components/Button";
import { CallNowDialog } from "../../components/calling/CallNowDialog";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { useImport } from "../../components/import/context";
import { Page } from "../../components/Page";
import { ListsTabs } from "../../components/PageTabs";
import { OutcomeBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { phone } from "../../i18n/format";
import { Contact, None } from "../../table/Cells";
import { type RowChoice, useChoice } from "../../table/choice";
import { type Column, DataTable } from "../../table/DataTable";
import { type BulkAction, BulkBar, BulkDialog } from "./bulk";
import { filterOf, selectionOf } from "./contactFilter";
import { ContactFilters } from "./ContactFilters";
import styles from "./Contacts.module.css";
import { ExportMenu } from "./ExportMenu";
import { LocalTimeCell } from "./LocalTime";
import { TagChips } from "./TagsField";

const contactId = (contact: ContactView) => contact.id;

function Table({ pages, choice }: { pages: Pages<ContactView>; choice: RowChoice<ContactView> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [calling, setCalling] = useState<ContactView | null>(null);
  const columns = useMemo(
    (): Column<ContactView>[] => [
      { id: "contact", header: t("contacts.column.contact"), width: "minmax(152px, 1.3fr)", cell: (contact) => <Contact name={contact.name} number={contact.phone} /> },
      { id: "organization", header: t("contacts.column.organization"), spare: true, width: "minmax(120px, 1fr)", cell: (contact) => (contact.organization ? <span title={contact.organization}>{contact.organization}</span> : <None />) },
      { id: "tags", header: t("contacts.column.tags"), width: "minmax(112px, 1fr)", cell: (contact) => (contact.tags.length > 0 ? <TagChips tags={contact.tags} /> : <None />) },
      { id: "time", header: t("contacts.column.time"), width: "148px", cell: (contact) => <LocalTimeCell contact={contact} /> },
      { id: "calls", header: t("contacts.column.calls"), width: "72px", align: "end", cell: (contact) => (contact.calls === 0 ? <None /> : format.number(contact.calls)) },
      { id: "outcome", header: t("contacts.column.outcome"), width: "140px", cell: (contact) => (contact.lastOutcome ? <OutcomeBadge outcome={contact.lastOutcome} /> : <None />) },
      { id: "last", header: t("contacts.column.last"), width: "120px", cell: (contact) => (contact.lastCallAt ? <span title={format.dateTime(contact.lastCallAt)}>{format.moment(contact.lastCallAt)}</span> : <None />) },
      { id: "call", header: "", width: "44px", align: "end", cell: (contact) => <IconButton label={t("callNow.ask", { name: contact.name ?? phone(contact.phone) })} size="small" icon={<PhoneOutgoing />} onClick={() => setCalling(contact)} data-testid="call-now-button" /> },
    ],
    [t, format],
  );
  return (
    <>
      <DataTable
        label={t("contacts.tab.contacts")}
        testid="contacts"
        columns={columns}
        rows={pages.rows}
        rowId={contactId}
        onOpen={(contact) => void navigate({ to: "/contacts/$contactId", params: { contactId: contact.id } })}
        onLook={pages.look}
        choice={choice}
        tall
        {...(pages.total === undefined ? {} : { total: pages.total })}
      />
      {calling ? <CallNowDialog callee={{ contactId: calling.id, name: calling.name, phones: [calling.phone, ...calling.otherPhones] }} onClose={() => setCalling(null)} /> : null}
    </>
  );
}

export function Contacts() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const importer = useImport();
  const search = useSearch({ from: "/contacts" });
  const filter = useMemo(() => filterOf(search), [search]);
  const pages = usePages("contact_list", { companyId: company.id, filter });
  const label = useCallback((contact: ContactView) => t("contacts.choose", { name: contact.name ?? phone(contact.phone) }), [t]);
  const { choice, selection, count, clear, chooseAll, canChooseAll } = useChoice({ rows: pages.rows, rowId: contactId, total: pages.total, filter: JSON.stringify(filter), label, allLabel: t("contacts.chooseLoaded") });
  const [asked, setAsked] = useState<BulkAction | null>(null);

  const filtered = search.q !== undefined || search.tags !== undefined || search.called !== undefined || search.list !== undefined;
  const settled = !pages.loading && !pages.error;
  const empty = settled && pages.rows.length === 0;
  const unseen = useMemo(() => {
    const here = new Set(pages.rows.map(contactId));
    return selection.all ? 0 : [...selection.ids].filter((id) => !here.has(id)).length;
  }, [pages.rows, selection]);
  const everything = useMemo(() => ({ type: "filter" as const, filter }), [filter]);
  const create = (
    <Button variant="primary" icon={<UserPlus />} onClick={() => void navigate({ to: "/contacts/new" })} data-testid="new-contact">
      {t("contacts.new")}
    </Button>
  );
  return (
    <Page
      title={t("rail.lists")}
      testid="page-contacts"
      scroll={false}
      state={pages.loading ? "loading" : "ready"}
      tabs={<ListsTabs />}
      actions={
        <>
          {pages.rows.length > 0 ? <ExportMenu selection={everything} /> : null}
          {create}
        </>
      }
    >
      <div className={styles.tab}>
        {empty && !filtered ? null : <ContactFilters count={pages.total} />}
        {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
        {pages.loading ? (
          <div className={styles.pad}>
            <Loading rows={8} />
          </div>
        ) : null}
        {empty && filtered ? <Empty icon={ContactRound} title={t("common.nothingFound")} text={t("contacts.noMatch")} action={<Link to="/contacts">{t("common.clearFilters")}</Link>} /> : null}
        {empty && !filtered ? (
          <Empty
            icon={ContactRound}
            title={t("contacts.empty")}
            text={t("contacts.emptyText")}
            action={
              importer ? (
                <Button variant="primary" icon={<FileUp />} onClick={() => importer.open()}>
                  {t("contacts.import")}
                </Button>
              ) : null
            }
          />
        ) : null}
        {pages.rows.length > 0 ? <Table pages={pages} choice={choice} /> : null}
        {count > 0 && !empty ? (
          <BulkBar count={count} all={selection.all} unseen={unseen} more={canChooseAll && pages.total !== undefined ? { total: pages.total, run: chooseAll } : undefined} selection={selectionOf(selection, filter)} onAsk={setAsked} onClear={clear} />
        ) : null}
      </div>
      {asked ? <BulkDialog action={asked} selection={selectionOf(selection, filter)} count={count} onClose={() => setAsked(null)} onDone={clear} /> : null}
    </Page>
  );
}
