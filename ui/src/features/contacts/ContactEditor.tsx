import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send, toIpcError } from "../../api";
import type { ContactView } from "../../bindings/ContactView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { InlineFailure } from "../../components/Failure";
import { useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { Conflict } from "./Conflict";
import { ContactFields } from "./ContactFields";
import { checkContact, contactValues, myChanges, toContactForm, undoOf } from "./contactForm";
import styles from "./Contacts.module.css";

/** Says in a toast that it is saved, and how to take it back. */
function useSaved() {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  return (before: ContactView, saved: ContactView) => {
    const undo = async () => {
      try {
        await send(client, "contact_update", { companyId: company.id, contactId: before.id, ...undoOf(before, saved) });
        toast(t("contacts.undone"));
      } catch (thrown) {
        failed(t("contacts.undoFailed"), thrown);
      }
    };
    toast(t("contacts.saved"), { label: t("common.undo"), run: () => void undo() });
  };
}

interface Props {
  contact: ContactView;
  /** Stands beside the fields. */
  aside: ReactNode;
  onClose: () => void;
}

export function ContactEditor({ contact, aside, onClose }: Props) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const said = useSaved();
  // What was opened stays the base of the change, whatever others save meanwhile: the host then says "conflict".
  const [opened, setOpened] = useState(contact);
  const form = useForm({ initial: contactValues(opened), check: checkContact, draft: `contact-${contact.id}-${opened.revision}` });
  const outdated = contact.revision > opened.revision && !form.busy;
  const adopt = (newest: ContactView, keepMine: boolean) => {
    const mine = keepMine ? myChanges(contactValues(opened), form.values) : {};
    setOpened(newest);
    form.settle(contactValues(newest));
    form.set(mine);
  };
  if (outdated && !form.dirty) adopt(contact, false);

  const save = () =>
    form.submit(async (values) => {
      try {
        const saved = await send(client, "contact_update", { companyId: company.id, contactId: contact.id, revision: opened.revision, form: toContactForm(values) });
        form.settle(contactValues(saved));
        said(opened, saved);
        onClose();
      } catch (thrown) {
        // The newest state is read, and the page then shows what somebody else changed.
        if (toIpcError(thrown).code === "conflict") await client.refetchQueries({ queryKey: query("contact_get", { companyId: company.id, contactId: contact.id }).queryKey, exact: true });
        throw thrown;
      }
    });
  const conflict = outdated && form.dirty;
  return (
    <form
      id={form.id}
      noValidate
      data-testid="contact-form"
      data-state={form.dirty ? "dirty" : "clean"}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.columns}>
        <div className={styles.form}>
          {conflict ? <Conflict opened={contactValues(opened)} newest={contactValues(contact)} mine={form.values} onTake={(keepMine) => adopt(contact, keepMine)} /> : null}
          <ContactFields form={form} />
          {form.error && !(conflict && form.error.code === "conflict") ? <InlineFailure error={form.error} /> : null}
        </div>
        {aside}
      </div>
      <div className={styles.saveBar}>
        <span>{form.dirty ? t("form.unsaved") : t("form.allSaved")}</span>
        <Button
          onClick={() => {
            form.discard();
            onClose();
          }}
        >
          {t("common.cancel")}
        </Button>
        <Button type="submit" variant="primary" busy={form.busy} disabled={!form.dirty || conflict} data-testid="save">
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}
