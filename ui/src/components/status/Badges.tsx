import {
  Bot,
  Check,
  CircleAlert,
  CircleHelp,
  CircleSlash,
  Clock,
  Hourglass,
  type LucideIcon,
  Pause,
  Pencil,
  Phone,
  PhoneCall,
  PhoneIncoming,
  PhoneMissed,
  PhoneOff,
  Play,
  RotateCw,
  ThumbsDown,
  Timer,
  Voicemail,
  X,
} from "lucide-react";
import { useTranslation } from "react-i18next";

import type { CallState } from "../../bindings/CallState";
import type { CampaignState } from "../../bindings/CampaignState";
import type { LineKind } from "../../bindings/LineKind";
import type { Outcome } from "../../bindings/Outcome";
import type { TaskStatus } from "../../bindings/TaskStatus";
import styles from "./Badges.module.css";

export type Tone = "draft" | "scheduled" | "running" | "paused" | "completed" | "failed";

export function Badge({ tone, icon: Icon, text, state, soft = false }: { tone: Tone; icon: LucideIcon; text: string; state: string; soft?: boolean }) {
  return (
    <span className={styles.badge} data-tone={tone} data-soft={soft || undefined} data-state={state} data-testid="badge">
      <Icon aria-hidden strokeWidth={2.25} />
      {text}
    </span>
  );
}

const CAMPAIGN: Record<CampaignState, [Tone, LucideIcon]> = {
  draft: ["draft", Pencil],
  scheduled: ["scheduled", Clock],
  running: ["running", Play],
  paused: ["paused", Pause],
  completed: ["completed", Check],
  cancelled: ["draft", X],
};

export function CampaignBadge({ state }: { state: CampaignState }) {
  const { t } = useTranslation();
  const [tone, icon] = CAMPAIGN[state];
  return <Badge tone={tone} icon={icon} state={state} text={t(`campaignState.${state}`)} soft />;
}

const CALL: Record<CallState, [Tone, LucideIcon]> = {
  admitted: ["draft", Hourglass],
  dialing: ["scheduled", Phone],
  ringing: ["paused", PhoneIncoming],
  answered: ["running", PhoneCall],
  ended: ["draft", PhoneOff],
  released: ["draft", CircleSlash],
};

export function CallStateBadge({ state }: { state: CallState }) {
  const { t } = useTranslation();
  const [tone, icon] = CALL[state];
  return <Badge tone={tone} icon={icon} state={state} text={t(`callState.${state}`)} />;
}

const OUTCOME: Record<Outcome, [Tone, LucideIcon]> = {
  success: ["running", Check],
  refusal: ["draft", ThumbsDown],
  callback: ["scheduled", RotateCw],
  voicemail: ["draft", Voicemail],
  no_answer: ["draft", PhoneMissed],
  busy: ["paused", PhoneOff],
  invalid_number: ["failed", CircleSlash],
  failed: ["failed", CircleAlert],
  unknown: ["draft", CircleHelp],
};

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const [tone, icon] = OUTCOME[outcome];
  return <Badge tone={tone} icon={icon} state={outcome} text={t(`outcome.${outcome}`)} />;
}

const TASK: Record<TaskStatus, [Tone, LucideIcon]> = {
  pending: ["draft", Hourglass],
  in_progress: ["running", PhoneCall],
  retry: ["paused", Timer],
  completed: ["completed", Check],
  failed: ["failed", CircleAlert],
  cancelled: ["draft", X],
  skipped: ["draft", CircleSlash],
};

export function TaskBadge({ status }: { status: TaskStatus }) {
  const { t } = useTranslation();
  const [tone, icon] = TASK[status];
  return <Badge tone={tone} icon={icon} state={status} text={t(`taskStatus.${status}`)} />;
}

/** Nobody is called on the practice line, and nobody may take its figures for real ones. */
export function LineBadge({ line, always = false, compact = false, words = "line.practiceShort" }: { line: LineKind | null; always?: boolean; compact?: boolean; words?: "line.practiceShort" | "line.practice" }) {
  const { t } = useTranslation();
  if (line === "practice") {
    return (
      <span className={styles.practice} data-testid="practice" data-compact={compact || undefined} title={`${t("line.practice")}. ${t("line.practiceHint")}`}>
        <Bot aria-hidden />
        <span className={compact ? "visually-hidden" : undefined}>{t(words)}</span>
      </span>
    );
  }
  return line !== null && always ? <span className={styles.line}>{t(`line.${line}`)}</span> : null;
}
