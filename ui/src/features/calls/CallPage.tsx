import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { CallDetail } from "../../bindings/CallDetail";
import type { TurnView } from "../../bindings/TurnView";
import { CostChart } from "../../charts/Bars";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Figure, Figures, Page } from "../../components/Page";
import { LineBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { duration, phone } from "../../i18n/format";
import { CallResult } from "../../table/CallsTable";
import { Running } from "../../table/LiveCallsTable";
import styles from "./Calls.module.css";

const ENDED = new Set(["ended", "released"]);
/** Width of one second of waiting in the little bars beside a turn. */
const PX_PER_SECOND = 80;

function Latency({ turn }: { turn: TurnView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (turn.eouLatencyMs === null && turn.latencyLlmMs === null && turn.ttfbTtsMs === null) return null;
  const parts = [
    ["ttfb_stt", turn.ttfbSttMs],
    ["latency_llm", turn.latencyLlmMs],
    ["ttfb_tts", turn.ttfbTtsMs],
  ] as const;
  const known = parts.filter((part): part is [(typeof part)[0], number] => part[1] !== null);
  const words = known.map(([kind, value]) => `${t(`latencyShort.${kind}`)} ${format.milliseconds(value)}`).join(" · ");
  return (
    <div className={styles.latency} data-testid="turn-latency">
      <span aria-hidden>
        {known.map(([kind, value]) => (
          <i key={kind} style={{ width: Math.max(2, (value / 1000) * PX_PER_SECOND) }} />
        ))}
      </span>
      <span>{turn.eouLatencyMs === null ? words : `${t("call.response", { value: format.milliseconds(turn.eouLatencyMs) })} · ${words}`}</span>
    </div>
  );
}

function Transcript({ turns }: { turns: readonly TurnView[] }) {
  const { t } = useTranslation();
  return (
    <section>
      <h2>{t("call.transcript")}</h2>
      {turns.length === 0 ? <p className={styles.note}>{t("call.noTurns")}</p> : null}
      <ol className={styles.turns}>
        {turns.map((turn) => (
          <li key={turn.turnIndex} className={styles.turn} data-testid="turn" data-role={turn.role}>
            <time>{duration(turn.startedSeconds)}</time>
            <div className={styles.said} data-role={turn.role}>
              <small>
                {t(`role.${turn.role}`)}
                {turn.wasInterrupted ? <span className={styles.interrupted}>{` · ${t("call.interrupted")}`}</span> : null}
              </small>
              <p>{turn.content}</p>
              <Latency turn={turn} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Timeline({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { call } = detail;
  const steps = [
    ["admitted", call.admittedAt],
    ["dialing", detail.dialIntentAt],
    ["ringing", detail.ringingAt],
    ["answered", call.answeredAt],
    ["ended", call.endedAt],
  ] as const;
  return (
    <section>
      <h2>{t("call.timeline")}</h2>
      <ol className={styles.timeline}>
        {steps.map(([step, at]) =>
          at === null ? null : (
            <li key={step}>
              <span>{step === "ended" && call.disposition ? t("call.endedBy", { disposition: t(`disposition.${call.disposition}`) }) : t(`call.step.${step}`)}</span>
              <time dateTime={at}>{format.clock(at)}</time>
            </li>
          ),
        )}
      </ol>
    </section>
  );
}

function Why({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows: [string, string][] = [];
  if (detail.outcomeReason) rows.push([t("call.reason"), detail.outcomeReason]);
  if (detail.outcomeConfidence !== null) rows.push([t("call.confidence"), format.percent(detail.outcomeConfidence)]);
  if (detail.sipStatus !== null) rows.push([t("call.sip"), String(detail.sipStatus)]);
  if (detail.error) rows.push([t("call.error"), detail.error]);
  rows.push([t("call.skillbase"), t("call.skillbaseVersion", { name: detail.skillbaseName, version: detail.skillbaseVersion })]);
  if (detail.skillbaseHash) rows.push([t("editor.versions.hash"), detail.skillbaseHash.slice(0, 16)]);
  if (detail.variant) rows.push([t("experiment.title"), t(`experiment.side.${detail.variant}`)]);
  if (detail.metrics) {
    rows.push([t("call.interruptions"), format.number(detail.metrics.interruptionCount)]);
    rows.push([t("call.tokens"), `${format.number(detail.metrics.llmInputTokens)} / ${format.number(detail.metrics.llmOutputTokens)}`]);
    rows.push([t("call.characters"), format.number(detail.metrics.ttsCharacters)]);
  }
  return (
    <section>
      <h2>{t("call.result")}</h2>
      <dl className={styles.notes} data-testid="call-facts">
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd data-numeric="">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Attempts({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section>
      <h2>{t("call.attempts", { count: detail.attempts.length })}</h2>
      <ol className={styles.attempts}>
        {detail.attempts.map((attempt) => (
          <li key={attempt.id}>
            <Link to="/calls/$callId" params={{ callId: attempt.id }} aria-current={attempt.id === detail.call.id ? "page" : undefined}>
              <span>{attempt.attempt}</span>
              <CallResult call={attempt} />
              <time dateTime={attempt.admittedAt}>{format.moment(attempt.admittedAt)}</time>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function CallPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { callId } = useParams({ from: "/calls/$callId" });
  const { data, error, refetch } = useQuery(query("call_get", { companyId: company.id, callId }));
  const live = useQuery({ ...query("live_calls", { companyId: company.id, campaignId: null }), enabled: data !== undefined && !ENDED.has(data.call.state) });
  const asOf = live.data?.asOf;
  const skew = useMemo(() => (asOf === undefined ? 0 : Date.parse(asOf) - live.dataUpdatedAt), [asOf, live.dataUpdatedAt]);
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Page title="…" testid="page-call" state="loading">
        <Loading />
      </Page>
    );
  }
  const { call } = data;
  const running = !ENDED.has(call.state);
  return (
    <Page
      testid="page-call"
      state={call.state}
      title={call.contactName ?? phone(call.phone)}
      badges={
        <>
          <CallResult call={call} />
          <LineBadge line={call.line} />
        </>
      }
      note={
        <>
          {call.contactName ? `${phone(call.phone)} · ` : null}
          <Link to="/campaigns/$campaignId" params={{ campaignId: call.campaignId }}>
            {call.campaignName}
          </Link>
          {` · ${format.dateTime(call.admittedAt)}`}
        </>
      }
    >
      <div className={styles.facts}>
        <Figures>
          <Figure
            testid="call-talk"
            label={running ? t("call.running") : t("call.talk")}
            value={running ? <Running since={call.admittedAt} skew={skew} /> : call.talkSeconds === null ? "–" : duration(call.talkSeconds)}
            note={call.ringSeconds === null ? undefined : t("call.rang", { duration: duration(call.ringSeconds) })}
          />
          <Figure testid="call-turns" label={t("call.turns")} value={format.number(call.turns)} />
          <Figure testid="call-response" label={t("call.responseTime")} value={call.eouLatencyMs === null ? "–" : format.milliseconds(call.eouLatencyMs)} note={t("call.responseNote")} />
          <Figure testid="call-cost" label={t("call.cost")} value={call.cost ? format.money(call.cost) : "–"} />
        </Figures>
      </div>
      <div className={styles.layout}>
        <Transcript turns={data.turns} />
        <div className={styles.side}>
          <Why detail={data} />
          {data.metrics ? <CostChart costs={data.metrics} /> : null}
          <Timeline detail={data} />
          <Attempts detail={data} />
        </div>
      </div>
    </Page>
  );
}
