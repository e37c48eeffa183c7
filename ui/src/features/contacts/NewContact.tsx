import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { InlineFailure } from "../../components/Failure";
import { useForm } from "../../components/form";
import { useImport } from "../../components/import/context";
import { Page } from "../../components/Page";
import { toast } from "../../components/toasts";
import { phone } from "../../i18n/format";
import { ContactFields } from "./ContactFields";
import { checkContact, EMPTY_CONTACT, toContactForm } from "./contactForm";
import styles from "./Contacts.module.css";

export function NewContact() {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const importer = useImport();
  const form = useForm({ initial: EMPTY_CONTACT, check: checkContact, draft: `contact-new-${company.id}` });
  const save = () =>
    form.submit(async (values) => {
      const contact = await send(client, "contact_create", { companyId: company.id, form: toContactForm(values) });
      toast(t("contacts.created", { name: contact.name ?? phone(contact.phone) }));
      void navigate({ to: "/contacts/$contactId", params: { contactId: contact.id } });
    });
  return (
    <Page
      title={t("contacts.new")}
      note={t("contacts.form.newNote")}
      testid="page-contact-new"
      actions={
        importer ? (
          <Button icon={<FileUp />} onClick={() => importer.open()}>
            {t("contacts.import")}
          </Button>
        ) : null
      }
    >
      <form
        id={form.id}
        noValidate
        data-testid="contact-form"
        data-state={form.busy ? "busy" : "idle"}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={styles.form}>
          <ContactFields form={form} />
          {form.error ? <InlineFailure error={form.error} /> : null}
        </div>
        <div className={styles.saveBar}>
          <span>{form.dirty ? t("form.draftKept") : null}</span>
          <Button
            onClick={() => {
              form.discard();
              void navigate({ to: "/contacts" });
            }}
          >
            {t("common.cancel")}
          </Button>
          <Button type="submit" variant="primary" busy={form.busy} data-testid="save">
            {t("contacts.form.create")}
          </Button>
        </div>
      </form>
    </Page>
  );
}
