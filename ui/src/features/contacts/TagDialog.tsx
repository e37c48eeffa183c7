import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { ContactSelection } from "../../bindings/ContactSelection";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import styles from "./Contacts.module.css";
import { TagsField } from "./TagsField";

interface Values {
  add: string[];
  remove: string[];
}

export function TagDialog({ selection, count, onClose, onDone }: { selection: ContactSelection; count: number; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const form = useForm<Values>({ initial: { add: [], remove: [] }, check: () => ({}) });
  const apply = () =>
    form.submit(async ({ add, remove }) => {
      const { changed } = await send(client, "contact_tag", { companyId: company.id, selection, add, remove });
      toast(t("contacts.tag.done", { count: changed }));
      onDone();
      onClose();
    });
  return (
    <Dialog
      open
      onClose={onClose}
      testid="contacts-tag"
      title={t("contacts.tag.title", { count })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={form.busy} disabled={!form.dirty} onClick={() => void apply()} data-testid="confirm">
            {t("contacts.tag.apply")}
          </Button>
        </>
      }
    >
      <div className={styles.stack} id={form.id}>
        <TagsField {...form.bind("add")} label={t("contacts.tag.add")} help={t("contacts.tagsHelp")} />
        <TagsField {...form.bind("remove")} label={t("contacts.tag.remove")} known />
        {form.error ? <InlineFailure error={form.error} /> : null}
      </div>
    </Dialog>
  );
}
