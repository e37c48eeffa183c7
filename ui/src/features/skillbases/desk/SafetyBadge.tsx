import { CircleCheck, CircleDashed, CloudCheck, HardDrive, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "../../../components/useFormat";
import type { Session } from "../drafts/session";
import { useSignal } from "../model/signal";
import styles from "./Desk.module.css";

const ICONS = { published: CircleCheck, unpublished: CircleDashed, unsaved: CircleDashed, saved: HardDrive, stored: CloudCheck, failed: TriangleAlert } as const;

/** Where what is on the screen is safe, in words. */
export function SafetyBadge({ session }: { session: Session }) {
  const { t } = useTranslation();
  const format = useFormat();
  const safety = useSignal(session.safety);
  const dirty = useSignal(session.dirty);
  const stored = useSignal(session.stored);
  const { version } = useSignal(session.base);
  const state = !dirty ? (version > 0 ? "published" : "unpublished") : safety === "failed" ? "failed" : safety === "saved" ? (stored === null ? "saved" : "stored") : "unsaved";
  const Icon = ICONS[state];
  return (
    <span className={styles.safety} data-state={state} data-testid="safety" role="status" title={state === "stored" && stored !== null ? t("editor.safety.storedAt", { at: format.moment(stored) }) : undefined}>
      <Icon aria-hidden />
      {t(`editor.safety.${state}`, { version })}
    </span>
  );
}
