import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneOutgoing, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { DirectCallView } from "../../bindings/DirectCallView";
import { IconButton } from "../../components/Button";
import { waitWords } from "../../components/campaign/reason";
import { useCompany } from "../../components/company";
import { Badge } from "../../components/status/Badges";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { phone } from "../../i18n/format";
import styles from "./Live.module.css";

function Row({ call }: { call: DirectCallView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  const name = call.contactName ?? phone(call.phone);
  const cancel = async () => {
    try {
      await send(client, "direct_call_cancel", { companyId: company.id, taskId: call.taskId });
      toast(t("direct.cancelled", { name }));
    } catch (thrown) {
      failed(t("direct.cancelFailed"), thrown);
    }
  };
  return (
    <li className={styles.direct} data-testid="direct-call" data-state={call.callId === null ? "waiting" : "started"} data-id={call.taskId}>
      <Link to="/contacts/$contactId" params={{ contactId: call.contactId }} title={name}>
        {name}
      </Link>
      <span title={call.title}>{call.title}</span>
      {call.callId === null ? (
        <span data-numeric="" data-testid="direct-place">
          {call.place === null ? t("direct.waiting") : call.expectedWaitSeconds === null ? t("direct.place", { place: call.place }) : t("direct.placeWait", { place: call.place, wait: waitWords(t, call.expectedWaitSeconds) })}
        </span>
      ) : (
        <Link to="/calls/$callId" params={{ callId: call.callId }}>
          <Badge tone="running" icon={PhoneOutgoing} state="started" text={t("direct.inProgress")} />
        </Link>
      )}
      {call.callId === null ? <IconButton label={t("direct.cancel", { name })} size="small" icon={<X />} onClick={() => void cancel()} data-testid="direct-cancel" /> : <span />}
    </li>
  );
}

/** Calls that somebody asked for by hand: they go before every campaign. Nothing is shown when there are none. */
export function DirectCalls() {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("direct_calls", { companyId: company.id }));
  if (!data || data.items.length === 0) return null;
  return (
    <section className={styles.directs} data-testid="direct-calls" aria-label={t("direct.title")}>
      <h2>{t("direct.title")}</h2>
      <ul>
        {data.items.map((call) => (
          <Row key={call.taskId} call={call} />
        ))}
      </ul>
    </section>
  );
}
