import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Pages } from "../api";
import type { CallView } from "../bindings/CallView";
import { CallStateBadge, LineBadge, OutcomeBadge } from "../components/status/Badges";
import { useFormat } from "../components/useFormat";
import { duration } from "../i18n/format";
import { Contact, None } from "./Cells";
import styles from "./Calls.module.css";
import { type Column, DataTable } from "./DataTable";

/** What came of a call, or where it is while it goes on. */
export function CallResult({ call }: { call: CallView }) {
  return call.outcome ? <OutcomeBadge outcome={call.outcome} /> : <CallStateBadge state={call.state} />;
}

interface Props {
  pages: Pages<CallView>;
  onOpen: (call: CallView) => void;
  /** The campaign is known from the page. */
  oneCampaign?: boolean;
  /** The contact is. */
  oneContact?: boolean;
  inline?: boolean;
}

export function CallsTable({ pages, onOpen, oneCampaign = false, oneContact = false, inline = false }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo((): Column<CallView>[] => {
    const all: Column<CallView>[] = [
      { id: "when", header: t("calls.column.when"), width: "124px", cell: (call) => <span title={format.dateTime(call.admittedAt)}>{format.moment(call.admittedAt)}</span> },
      { id: "contact", header: t("calls.column.contact"), width: "minmax(144px, 1.2fr)", cell: (call) => <Contact name={call.contactName} number={call.phone} /> },
      { id: "result", header: t("calls.column.result"), width: "148px", cell: (call) => <CallResult call={call} /> },
      {
        id: "campaign",
        header: t("calls.column.campaign"),
        width: "minmax(144px, 1.2fr)",
        cell: (call) => (
          <span className={styles.campaign}>
            <span title={call.campaignName}>{call.campaignName}</span>
            <LineBadge line={call.line} compact />
          </span>
        ),
      },
      { id: "attempt", header: t("calls.column.attempt"), spare: true, width: "84px", align: "end", cell: (call) => call.attempt },
      { id: "talk", header: t("calls.column.talk"), width: "88px", align: "end", cell: (call) => (call.talkSeconds === null ? <None /> : duration(call.talkSeconds)) },
      { id: "turns", header: t("calls.column.turns"), spare: true, width: "76px", align: "end", cell: (call) => (call.turns === 0 ? <None /> : call.turns) },
      { id: "response", header: t("calls.column.response"), spare: true, width: "100px", align: "end", cell: (call) => (call.eouLatencyMs === null ? <None /> : format.milliseconds(call.eouLatencyMs)) },
      { id: "cost", header: t("calls.column.cost"), width: "100px", align: "end", cell: (call) => (call.cost ? format.money(call.cost) : <None />) },
    ];
    return all.filter(({ id }) => !(oneCampaign && id === "campaign") && !(oneContact && id === "contact"));
  }, [t, format, oneCampaign, oneContact]);
  return (
    <DataTable
      label={t("calls.title")}
      testid="calls"
      columns={columns}
      rows={pages.rows}
      rowId={(call) => call.id}
      onOpen={onOpen}
      onLook={pages.look}
      tall={!oneContact}
      inline={inline}
      {...(pages.total === undefined ? {} : { total: pages.total })}
    />
  );
}
