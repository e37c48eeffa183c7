import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, OctagonX, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { BreakerState } from "../../bindings/BreakerState";
import type { BreakerView } from "../../bindings/BreakerView";
import { Button } from "../Button";
import { useCompany } from "../company";
import { Badge, type Tone } from "../status/Badges";
import { toast } from "../toasts";
import { useFailure } from "../useErrorText";
import { useFormat } from "../useFormat";
import styles from "./Limits.module.css";

const BADGE = { closed: ["running", CircleCheck], open: ["failed", OctagonX], probing: ["paused", CircleDashed] } as const satisfies Record<BreakerState, readonly [Tone, unknown]>;

export function BreakerBadge({ state }: { state: BreakerState }) {
  const { t } = useTranslation();
  const [tone, icon] = BADGE[state];
  return <Badge tone={tone} icon={icon} state={state} text={t(`breakerState.${state}`)} />;
}

/** What is protected: the trunk by its id, the campaign by its name. */
export function useBreakerName(): (breaker: BreakerView) => string {
  const { t } = useTranslation();
  return ({ scope, trunk, campaignName }) => (scope === "trunk" ? (trunk === "practice" ? t("line.practice") : t("breaker.trunk", { trunk: trunk ?? "" })) : t("breaker.campaign", { name: campaignName ?? "" }));
}

/** Why a breaker opened, until when, the calls that did it, and the way to close it by hand. */
export function BreakerPanel({ breaker, zone }: { breaker: BreakerView; zone?: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  const format = useFormat(zone ?? company.timeZone);
  const name = useBreakerName();
  const [busy, setBusy] = useState(false);
  const { scope, trunk, campaignId, state } = breaker;
  const reset = async () => {
    setBusy(true);
    try {
      await send(client, "breaker_reset", scope === "trunk" ? { scope, companyId: company.id, trunk: trunk ?? "" } : { scope, companyId: company.id, campaignId: campaignId ?? "" });
      toast(t("breaker.wasReset", { name: name(breaker) }));
    } catch (thrown) {
      failed(t("breaker.resetFailed"), thrown);
    } finally {
      setBusy(false);
    }
  };
  const cause = breaker.cause === null ? "" : t(`breakerCause.${breaker.cause}`);
  const since = breaker.openedAt === null ? "" : format.moment(breaker.openedAt);
  const next = state === "probing" ? t("breaker.probing") : breaker.retryAt === null ? t("breaker.needsPerson") : t("breaker.retryAt", { at: format.moment(breaker.retryAt) });
  return (
    <div className={styles.breaker} data-testid="breaker" data-state={state} data-scope={scope}>
      <div className={styles.breakerHead}>
        <BreakerBadge state={state} />
        <div>
          <strong>{name(breaker)}</strong>
          {state === "closed" ? <p>{breaker.openedAt === null ? t("breaker.neverOpened") : t("breaker.lastOpened", { at: since, cause })}</p> : <p>{t("breaker.why", { at: since, cause, next })}</p>}
        </div>
        {state === "closed" ? null : (
          <Button size="small" icon={<RotateCcw />} busy={busy} onClick={() => void reset()} data-testid="breaker-reset">
            {t("breaker.reset")}
          </Button>
        )}
      </div>
      {state === "closed" || breaker.calls.length === 0 ? null : (
        <ul className={styles.calls} aria-label={t("breaker.calls")}>
          {breaker.calls.map((call) => (
            <li key={call.callId} data-testid="breaker-call">
              <span>{format.clock(call.endedAt)}</span>
              <span>{call.sipStatus === null ? "" : t("breaker.sip", { status: call.sipStatus })}</span>
              <span title={call.error ?? undefined}>{call.error}</span>
              <Link to="/calls/$callId" params={{ callId: call.callId }}>
                {t("breaker.openCall")}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
