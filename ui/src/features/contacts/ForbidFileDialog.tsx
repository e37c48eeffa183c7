import { useQueryClient } from "@tanstack/react-query";
import { FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { send } from "../../api";
import type { DoNotCallAdded } from "../../bindings/DoNotCallAdded";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { useForm } from "../../components/form";
import { type ImportFile, platform } from "../../platform";
import styles from "./Contacts.module.css";
import dialogs from "./Dialogs.module.css";
import { EVERYWHERE, ScopeField, scopeId } from "./ForbidDialog";
import { ForbidResult } from "./ForbidResult";

/** Forbids the numbers of a file that somebody has picked. */
export function ForbidFileDialog({ file, onClose }: { file: ImportFile; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const form = useForm({ initial: { scope: EVERYWHERE }, check: () => ({}) });
  const [result, setResult] = useState<DoNotCallAdded | null>(null);
  const run = () =>
    form.submit(async ({ scope }) => {
      const source = await platform().importSource(file);
      setResult(await send(client, "do_not_call_import", { companyId: company.id, campaignId: scopeId(scope), source }));
    });
  return (
    <Dialog
      open
      onClose={onClose}
      testid="forbid-file"
      state={result ? "done" : "choose"}
      title={result ? t("doNotCall.added", { count: result.added }) : t("doNotCall.file.title")}
      actions={
        result ? (
          <Button variant="primary" onClick={onClose} data-testid="done">
            {t("common.done")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button variant="primary" busy={form.busy} onClick={() => void run()} data-testid="confirm">
              {t("doNotCall.file.confirm")}
            </Button>
          </>
        )
      }
    >
      {result ? (
        <ForbidResult result={result} />
      ) : (
        <div className={styles.stack} id={form.id}>
          <p className={dialogs.file}>
            <FileSpreadsheet aria-hidden strokeWidth={1.5} />
            <strong>{file.name}</strong>
          </p>
          <p className={styles.soft}>{t("doNotCall.file.help")}</p>
          <ScopeField {...form.bind("scope")} />
          <p className={styles.soft}>{t("doNotCall.form.effect")}</p>
          {form.error ? <InlineFailure error={form.error} /> : null}
        </div>
      )}
    </Dialog>
  );
}
