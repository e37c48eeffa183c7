import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { InlineFailure } from "../../components/Failure";
import type { Form } from "../../components/form";
import styles from "./Settings.module.css";

export function Head({ title, note }: { title: string; note?: string }) {
  return (
    <header className={styles.head}>
      <h2>{title}</h2>
      {note ? <p>{note}</p> : null}
    </header>
  );
}

interface Props<V extends object> {
  form: Form<V>;
  testid: string;
  onSave: () => void;
  children: ReactNode;
  /** Further buttons beside Save. */
  extra?: ReactNode;
  saveLabel?: string;
  always?: boolean;
}

/** A form of the settings: its fields, what the host said, Discard and Save. */
export function SettingsForm<V extends object>({ form, testid, onSave, children, extra, saveLabel, always = false }: Props<V>) {
  const { t } = useTranslation();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form id={form.id} noValidate data-testid={testid} data-state={form.dirty ? "dirty" : "clean"} onSubmit={submit}>
      <div className={styles.stack}>
        {children}
        {form.error ? <InlineFailure error={form.error} /> : null}
      </div>
      <div className={styles.actions}>
        {extra}
        <span>{form.dirty ? t("form.unsaved") : null}</span>
        <Button disabled={!form.dirty} onClick={form.discard}>
          {t("form.discard")}
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={!form.dirty && !always} data-testid="save">
          {saveLabel ?? t("form.save")}
        </Button>
      </div>
    </form>
  );
}
