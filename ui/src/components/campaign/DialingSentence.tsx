import { CircleAlert, CircleDashed, CircleDot, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLiveNow } from "../../api";
import type { ExplanationView } from "../../bindings/ExplanationView";
import { useCompany } from "../company";
import { useFormat } from "../useFormat";
import styles from "./Dialing.module.css";
import { explanationWords, lasting, reasonTone, reasonWords, type Words } from "./reason";

const ICON = { running: CircleDot, waiting: Clock, attention: CircleAlert, quiet: CircleDashed };

/** What words about reasons need; times are those of the campaign's zone. */
export function useReasonWords(zone: string): Words {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const now = useLiveNow(10_000);
  const { currency } = useCompany();
  return { t, format, now, currency };
}

interface Props {
  explanation: ExplanationView;
  zone: string;
  about?: "campaign" | "contact";
  large?: boolean;
}

/** One sentence: is it dialling, why not, until when. */
export function DialingSentence({ explanation, zone, about = "campaign", large = false }: Props) {
  const words = useReasonWords(zone);
  const { reason } = explanation.first;
  const tone = reasonTone(reason);
  const Icon = ICON[tone];
  const sentence = explanationWords(explanation, about, words);
  return (
    <p className={styles.sentence} data-tone={tone} data-large={large || undefined} data-testid="dialing" data-state={reason} title={large ? undefined : sentence}>
      <Icon aria-hidden />
      <span>{sentence}</span>
    </p>
  );
}

/** Whatever else would hold it back, one below the other. */
export function FurtherReasons({ explanation, zone, about = "campaign" }: Props) {
  const words = useReasonWords(zone);
  const also = lasting(explanation);
  if (also.length === 0) return null;
  return (
    <ul className={styles.also} data-testid="also">
      {also.map((sentence) => (
        <li key={sentence.reason} data-state={sentence.reason}>
          {reasonWords(sentence, about, words)}
        </li>
      ))}
    </ul>
  );
}
