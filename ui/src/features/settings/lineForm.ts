import type { LineForm } from "../../bindings/LineForm";
import type { LineKind } from "../../bindings/LineKind";
import type { LivekitSecrets } from "../../bindings/LivekitSecrets";
import { Checker, type FieldIssues } from "../../components/form";

export interface LineValues {
  kind: LineKind;
  speed: string;
  seed: string;
  url: string;
  apiKey: string;
  apiSecret: string;
  trunkId: string;
  agentName: string;
  callerNumber: string;
  ringSeconds: string;
  maxCallSeconds: string;
}

export function lineValues({ kind, practice, livekit }: LineForm): LineValues {
  return {
    kind,
    speed: String(practice.speed),
    seed: String(practice.seed),
    url: livekit.url,
    apiKey: "",
    apiSecret: "",
    trunkId: livekit.trunkId,
    agentName: livekit.agentName,
    callerNumber: livekit.callerNumber,
    ringSeconds: String(livekit.ringSeconds),
    maxCallSeconds: String(livekit.maxCallSeconds),
  };
}

const MAX_SEED = 4_294_967_295;

export function checkLine(stored: boolean) {
  return (values: LineValues): FieldIssues => {
    const check = new Checker();
    // Only the chosen line has to be complete; the other keeps what it had.
    if (values.kind === "practice") return check.decimal("speed", values.speed, 1, 1000).whole("seed", values.seed, 0, MAX_SEED).issues;
    check.text("url", values.url, 1, 2000).text("trunkId", values.trunkId, 1, 255).text("agentName", values.agentName, 0, 255);
    if (!/^wss?:\/\/[^\s/]+/.test(values.url.trim())) check.add("url", "url");
    if (values.callerNumber.trim() !== "" && !/^\+[1-9]\d{6,14}$/.test(values.callerNumber.trim())) check.add("callerNumber", "phone");
    check.whole("ringSeconds", values.ringSeconds, 5, 75).whole("maxCallSeconds", values.maxCallSeconds, 30, 3600);
    const anySecret = values.apiKey !== "" || values.apiSecret !== "";
    if (!stored || anySecret) check.text("apiKey", values.apiKey, 1, 500).text("apiSecret", values.apiSecret, 1, 500);
    return check.issues;
  };
}

const number = (text: string, otherwise: number) => {
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) && text.trim() !== "" ? value : otherwise;
};

export function toLineForm(values: LineValues, before: LineForm): LineForm {
  return {
    kind: values.kind,
    practice: { speed: number(values.speed, before.practice.speed), seed: number(values.seed, before.practice.seed) },
    livekit: {
      url: values.url.trim(),
      trunkId: values.trunkId.trim(),
      agentName: values.agentName.trim(),
      callerNumber: values.callerNumber.trim(),
      ringSeconds: number(values.ringSeconds, before.livekit.ringSeconds),
      maxCallSeconds: number(values.maxCallSeconds, before.livekit.maxCallSeconds),
    },
  };
}

export function secretsOf(values: LineValues): LivekitSecrets | null {
  return values.apiKey === "" && values.apiSecret === "" ? null : { apiKey: values.apiKey.trim(), apiSecret: values.apiSecret.trim() };
}
