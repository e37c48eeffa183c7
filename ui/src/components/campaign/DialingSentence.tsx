import { CircleAlert, CircleDashed, CircleDot, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLiveNow } from "../../api";
import type { DialingReason } from "../../bindings/DialingReason";
import type { DialingStatus } from "../../bindings/DialingStatus";
import { useFormat } from "../useFormat";
import styles from "./Dialing.module.css";

/** How pressing a reason is: it dials, it waits for something ordinary, a person has to act. */
const TONE: Record<DialingReason, "running" | "waiting" | "attention" | "quiet"> = {
  draft: "quiet",
  scheduled: "waiting",
  paused: "attention",
  completed: "quiet",
  cancelled: "quiet",
  before_start: "waiting",
  after_end: "attention",
  outside_hours: "waiting",
  no_worker: "attention",
  campaign_limit: "running",
  company_limit: "waiting",
  system_limit: "waiting",
  minute_limit: "running",
  waiting_for_retry: "waiting",
  last_calls: "running",
  dialing: "running",
};
const ICON = { running: CircleDot, waiting: Clock, attention: CircleAlert, quiet: CircleDashed };

const NEAR_MS = 5 * 60_000;

/** One sentence: is it dialling, why not, until when. Times are those of the campaign's zone. */
export function DialingSentence({ status, zone, large = false }: { status: DialingStatus; zone: string; large?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const now = useLiveNow(10_000);
  const tone = TONE[status.reason];
  const Icon = ICON[tone];
  const key = status.at === null ? `dialing.${status.reason}` : `dialing.${status.reason}_at`;
  // A minute is long when the next call is seconds away.
  const near = status.at !== null && Math.abs(Date.parse(status.at) - now) < NEAR_MS;
  const at = status.at === null ? "" : near ? format.clock(status.at) : format.moment(status.at);
  const sentence = t([key, `dialing.${status.reason}`], { used: "", limit: "", ...status.params, at });
  return (
    <p className={styles.sentence} data-tone={tone} data-large={large || undefined} data-testid="dialing" data-state={status.reason}>
      <Icon aria-hidden />
      <span>{sentence}</span>
    </p>
  );
}
