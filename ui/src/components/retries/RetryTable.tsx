import { Ban, Bot, Cable, ChevronDown, CircleHelp, CircleSlash, Gauge, Hand, type LucideIcon, PhoneMissed, PhoneOff, RadioTower, RotateCcw, RotateCw, ShieldAlert, Sun, Unplug, Voicemail, WifiOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Situation } from "../../bindings/Situation";
import { Button } from "../Button";
import { NumberField, SegmentedField, SwitchField, TextField } from "../form";
import type { FieldIssue } from "../form/checks";
import { Menu } from "../Menu";
import styles from "./Retries.module.css";
import { baseRule, isRule, type Preset, presetOf, presetRules, readRule, recommendedRule, rulePath, ruleText, type RuleText, SITUATIONS } from "./rules";
import { type CampaignRetries, delayWords, textSentence } from "./sentence";

const ICON: Record<Situation, LucideIcon> = {
  busy: PhoneOff,
  no_answer: PhoneMissed,
  unreachable: WifiOff,
  voicemail: Voicemail,
  callback: RotateCw,
  declined: Hand,
  unwanted: Ban,
  blocked: ShieldAlert,
  invalid_number: CircleSlash,
  unknown: CircleHelp,
  carrier_limit: Gauge,
  carrier_fault: RadioTower,
  line_fault: Cable,
  agent_fault: Bot,
  hung_up: Unplug,
};

interface Props {
  id: string;
  value: readonly RuleText[];
  onChange: (value: RuleText[]) => void;
  campaign: CampaignRetries;
  issue: (path: string) => FieldIssue | undefined;
  onTouch: (path: string) => void;
  disabled?: boolean;
}

const FIELDS = ["attempts", "minutes", "list", "base", "cap", "jitter"] as const;
const KINDS = ["campaign", "fixed", "list", "exponential"] as const;

interface RowProps extends Omit<Props, "value" | "onChange"> {
  rule: RuleText;
  onChange: (rule: RuleText) => void;
}

function Editor({ id, rule, onChange, campaign, issue, onTouch, disabled = false }: RowProps) {
  const { t } = useTranslation();
  const bind = (field: (typeof FIELDS)[number]) => {
    const name = rulePath(rule.situation, field);
    return { id: `${id}${name}`, name, value: rule[field], issue: issue(name), disabled, onChange: (value: string) => onChange({ ...rule, [field]: value }), onBlur: () => onTouch(name) };
  };
  const choice = (field: "usesAttempt" | "anotherDaypart" | "nextNumber") => {
    const name = rulePath(rule.situation, field);
    return { id: `${id}${name}`, name, value: rule[field], disabled, onChange: (value: boolean) => onChange({ ...rule, [field]: value }) };
  };
  const kind = rulePath(rule.situation, "kind");
  const recommended = recommendedRule(rule.situation);
  return (
    <div className={styles.editor} data-testid="retry-editor">
      <div className={styles.fields}>
        <NumberField {...bind("attempts")} label={t("retries.attempts")} placeholder={String(Math.max(1, campaign.maxAttempts))} help={t(rule.nextNumber ? "retries.attemptsPerNumber" : "retries.attemptsHelp")} />
        <SegmentedField id={`${id}${kind}`} name={kind} value={rule.kind} issue={undefined} disabled={disabled} onBlur={() => undefined} onChange={(next) => onChange({ ...rule, kind: KINDS.find((known) => known === next) ?? rule.kind })} label={t("retries.delay")} choices={KINDS.map((value) => ({ value, label: t(`retries.kind.${value}`) }))} help={rule.kind === "campaign" ? t("retries.campaignDelay", { delay: delayWords(t, { kind: "campaign" }, campaign) }) : undefined} />
        {rule.kind === "fixed" ? <NumberField {...bind("minutes")} label={t("retries.minutes")} unit={t("unit.minutes")} /> : null}
        {rule.kind === "list" ? <TextField {...bind("list")} label={t("retries.list")} help={t("retries.listHelp")} placeholder="15, 30, 60" /> : null}
        {rule.kind === "exponential" ? (
          <div className={styles.three}>
            <NumberField {...bind("base")} label={t("retries.base")} unit={t("unit.minutes")} />
            <NumberField {...bind("cap")} label={t("retries.cap")} unit={t("unit.minutes")} />
            <NumberField {...bind("jitter")} label={t("retries.jitter")} unit={t("retries.percent")} />
          </div>
        ) : null}
      </div>
      <div className={styles.switches}>
        <SwitchField {...choice("anotherDaypart")} label={t("retries.daypart")} help={t("retries.daypartHelp")} />
        <SwitchField {...choice("usesAttempt")} label={t("retries.uses")} help={t("retries.usesHelp")} />
        <SwitchField {...choice("nextNumber")} label={t("retries.next")} help={t("retries.nextHelp")} />
        {disabled || isRule(rule, recommended) ? null : (
          <Button size="small" variant="ghost" icon={<RotateCcw />} onClick={() => onChange(ruleText(recommended))} data-testid="retry-reset">
            {t("retries.resetRow")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Row({ open, onOpen, ...rest }: RowProps & { open: boolean; onOpen: (open: boolean) => void }) {
  const { t } = useTranslation();
  const { rule, campaign, issue } = rest;
  const Icon = ICON[rule.situation];
  const read = readRule(rule);
  const again = read !== null && !(read.attempts === 1 && !read.nextNumber);
  const wrong = FIELDS.some((field) => issue(rulePath(rule.situation, field)));
  const name = t(`situation.${rule.situation}`);
  return (
    <li className={styles.item} data-testid={`retry-${rule.situation}`} data-state={wrong ? "invalid" : isRule(rule, baseRule(rule.situation)) ? "base" : "set"} data-open={open || undefined}>
      <button type="button" className={styles.row} aria-expanded={open} onClick={() => onOpen(!open)} data-testid="retry-row">
        <Icon aria-hidden />
        <span className={styles.name} title={t(`situationHint.${rule.situation}`)}>
          {name}
        </span>
        <span data-numeric="">{again ? (rule.attempts.trim() === "" ? t("retries.all", { count: Math.max(1, campaign.maxAttempts) }) : rule.attempts) : ""}</span>
        <span data-numeric="">{again && read ? delayWords(t, read.delay, campaign) : ""}</span>
        <span>{again && rule.anotherDaypart ? <Sun aria-label={t("retries.daypart")} /> : null}</span>
        <span>{rule.usesAttempt ? "" : t("retries.costsNothing")}</span>
        <ChevronDown aria-hidden />
        <span className={styles.sentence} data-testid="retry-sentence">
          {textSentence(t, rule, campaign)}
        </span>
      </button>
      {open ? <Editor {...rest} /> : null}
    </li>
  );
}

/** What follows each way in which an attempt can end; a row opens to be changed. */
export function RetryTable({ value, onChange, issue, ...rest }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Situation | null>(null);
  const wrong = value.find(({ situation }) => FIELDS.some((field) => issue(rulePath(situation, field))))?.situation;
  // A refusal may concern a row that is closed; it is opened, once.
  const [shownWrong, setShownWrong] = useState<Situation | undefined>(undefined);
  if (wrong !== shownWrong) {
    setShownWrong(wrong);
    if (wrong && wrong !== open) setOpen(wrong);
  }
  const preset = presetOf(value);
  return (
    <div className={styles.table} data-testid="retry-table" data-state={preset ?? "own"}>
      <div className={styles.top}>
        <Menu
          label={t("retries.presets")}
          trigger={
            <Button size="small" icon={<ChevronDown />} disabled={rest.disabled} data-testid="retry-presets">
              {t(`retries.preset.${preset ?? "own"}`)}
            </Button>
          }
          items={(["recommended", "simple"] as Preset[]).map((name) => ({ id: `retries-${name}`, label: t(`retries.presetLong.${name}`), checked: name === preset, run: () => onChange(presetRules(name)) }))}
        />
        {preset === "recommended" || rest.disabled === true ? null : (
          <Button size="small" variant="ghost" icon={<RotateCcw />} onClick={() => onChange(presetRules("recommended"))} data-testid="retry-defaults">
            {t("retries.defaults")}
          </Button>
        )}
      </div>
      {SITUATIONS.map(({ group, situations }) => (
        <section key={group}>
          <div className={styles.head}>
            <h3>{t(`retries.group.${group}`)}</h3>
            <span>{t("retries.column.attempts")}</span>
            <span>{t("retries.column.delay")}</span>
            <span>{t("retries.column.daypart")}</span>
            <span>{t("retries.column.costs")}</span>
          </div>
          <ul>
            {situations.map((situation) => {
              const rule = value.find((one) => one.situation === situation);
              return rule ? <Row key={situation} {...rest} issue={issue} rule={rule} open={open === situation} onOpen={(next) => setOpen(next ? situation : null)} onChange={(changed) => onChange(value.map((one) => (one.situation === situation ? changed : one)))} /> : null;
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}
