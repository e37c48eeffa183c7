import { CircleAlert, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { IpcError } from "../api";
import { Button } from "./Button";
import styles from "./Feedback.module.css";
import { toast } from "./toasts";
import { useErrorText } from "./useErrorText";

/** The id that finds the cause in the log. */
export function Incident({ id }: { id: string }) {
  const { t } = useTranslation();
  const copy = () => void navigator.clipboard.writeText(id).then(() => toast(t("common.copied")));
  return (
    <button type="button" className={styles.incident} onClick={copy} title={t("common.copy")} data-testid="incident">
      {t("errors.incident", { id: id.slice(0, 8) })}
      <Copy aria-hidden />
    </button>
  );
}

/** A part of a page that could not be read: what, why, and a way to try again. */
export function Failure({ error, onRetry, title, action }: { error: IpcError; onRetry?: () => void; title?: string; action?: ReactNode }) {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <div className={styles.state} role="alert" data-testid="failure" data-state={error.code}>
      <CircleAlert className={styles.alert} aria-hidden />
      <h2>{title ?? t("errors.title")}</h2>
      <p>{text(error)}</p>
      {error.incident ? <Incident id={error.incident} /> : null}
      {onRetry ? <Button onClick={onRetry}>{t("common.retry")}</Button> : null}
      {action}
    </div>
  );
}

/** A refusal inside a form or a dialog. */
export function InlineFailure({ error, children }: { error: IpcError; children?: ReactNode }) {
  const text = useErrorText();
  return (
    <div className={styles.inline} role="alert" data-testid="form-error" data-state={error.code}>
      <CircleAlert aria-hidden />
      <div>
        <p>{text(error)}</p>
        {error.incident ? <Incident id={error.incident} /> : null}
        {children}
      </div>
    </div>
  );
}
