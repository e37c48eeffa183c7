import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, send, toIpcError } from "../../../api";
import type { SandboxSession } from "../../../bindings/SandboxSession";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { InlineFailure } from "../../../components/Failure";
import { TextField } from "../../../components/form";
import { toast } from "../../../components/toasts";

/** Gives a conversation a name under which it is said to every new version. */
export function SaveCase({ session, onClose, onSaved }: { session: SandboxSession; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const refused = error?.fields.find(({ field }) => field === "name");
  const save = async () => {
    if (session.skillbaseId === null) return;
    setBusy(true);
    try {
      const made = await send(client, "sandbox_save", { companyId: session.companyId, skillbaseId: session.skillbaseId, name: name.trim(), session });
      toast(t("editor.cases.saved", { name: made.name }), { label: t("editor.cases.show"), run: onSaved });
      onClose();
    } catch (thrown) {
      setError(toIpcError(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      testid="save-case"
      title={t("editor.cases.saveTitle")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={busy} disabled={name.trim() === ""} onClick={() => void save()} data-testid="confirm">
            {t("editor.cases.save")}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") void save();
        }}
      >
        <TextField id="case-name" name="case-name" label={t("editor.cases.name")} help={t("editor.cases.nameHelp")} value={name} issue={refused} autoFocus onChange={setName} onBlur={() => undefined} />
      </form>
      {error && !refused ? <InlineFailure error={error} /> : null}
    </Dialog>
  );
}
