import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useIsStale, useLiveNow } from "../api";
import type { LiveCall } from "../bindings/LiveCall";
import { CallStateBadge, LineBadge } from "../components/status/Badges";
import { duration } from "../i18n/format";
import { Contact, None } from "./Cells";
import styles from "./Calls.module.css";
import { type Column, DataTable } from "./DataTable";

/** Counts on by itself between two answers of the host; `skew` is how far the database's clock is ahead of ours. */
export function Running({ since, skew }: { since: string; skew: number }) {
  const stale = useIsStale();
  const now = useLiveNow(250);
  return (
    <span className={styles.running} data-stale={stale || undefined} data-testid="running-duration">
      {duration((now + skew - Date.parse(since)) / 1000)}
    </span>
  );
}

interface Props {
  calls: readonly LiveCall[];
  skew: number;
  onOpen: (call: LiveCall) => void;
  /** The campaign is known from the page. */
  oneCampaign?: boolean;
  inline?: boolean;
}

export function LiveCallsTable({ calls, skew, onOpen, oneCampaign = false, inline = false }: Props) {
  const { t } = useTranslation();
  const columns = useMemo((): Column<LiveCall>[] => {
    const all: Column<LiveCall>[] = [
      {
        id: "state",
        header: t("live.column.state"),
        width: "132px",
        cell: (call) => <CallStateBadge state={call.state} />,
        sort: (call) => ["answered", "ringing", "dialing", "admitted"].indexOf(call.state),
      },
      {
        id: "duration",
        header: t("live.column.duration"),
        width: "96px",
        align: "end",
        cell: (call) => <Running since={call.admittedAt} skew={skew} />,
        sort: (call) => call.admittedAt,
      },
      {
        id: "contact",
        header: t("live.column.contact"),
        width: "minmax(168px, 1.1fr)",
        cell: (call) => <Contact name={call.contactName} number={call.phone} />,
        sort: (call) => call.contactName ?? call.phone,
      },
      {
        id: "campaign",
        header: t("live.column.campaign"),
        width: "minmax(140px, 1fr)",
        cell: (call) => (
          <span className={styles.campaign}>
            <span title={call.campaignName}>{call.campaignName}</span>
            <LineBadge line={call.line} compact />
          </span>
        ),
        sort: (call) => call.campaignName,
      },
      {
        id: "last",
        header: t("live.column.last"),
        width: "minmax(200px, 2fr)",
        cell: (call) =>
          call.lastLine ? (
            <span title={call.lastLine}>
              <span className={styles.role}>{call.lastRole ? `${t(`role.${call.lastRole}`)}: ` : ""}</span>
              {call.lastLine}
            </span>
          ) : (
            <None />
          ),
      },
      { id: "attempt", header: t("live.column.attempt"), spare: true, width: "88px", align: "end", cell: (call) => call.attempt },
      { id: "turns", header: t("live.column.turns"), width: "72px", align: "end", cell: (call) => call.turns },
    ];
    return oneCampaign ? all.filter((column) => column.id !== "campaign") : all;
  }, [t, skew, oneCampaign]);
  return <DataTable label={t("live.calls")} testid="live-calls" columns={columns} rows={calls} rowId={(call) => call.callId} onOpen={onOpen} inline={inline} tall />;
}
