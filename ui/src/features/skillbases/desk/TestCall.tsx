import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneOutgoing } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, send, toIpcError } from "../../../api";
import type { TestCallPlaced } from "../../../bindings/TestCallPlaced";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { InlineFailure } from "../../../components/Failure";
import { TextField } from "../../../components/form";
import type { Session } from "../drafts/session";
import { useSignal } from "../model/signal";
import styles from "./Desk.module.css";

/** Rings one's own phone, with the version that was published: a draft never calls anybody. */
export function TestCall({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const base = useSignal(session.base);
  const dirty = useSignal(session.dirty);
  const [phone, setPhone] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const [placed, setPlaced] = useState<TestCallPlaced | null>(null);
  const refused = error?.fields.find(({ field }) => field === "phone");
  const call = async () => {
    if (session.skillbaseId === null) return;
    setBusy(true);
    setError(null);
    try {
      setPlaced(await send(client, "test_call", { companyId: session.companyId, skillbaseId: session.skillbaseId, version: null, phone: phone.trim() }));
    } catch (thrown) {
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      testid="test-call"
      state={placed ? "placed" : "asking"}
      title={t("editor.testCall.title")}
      actions={
        placed ? (
          <Button variant="primary" onClick={onClose} data-testid="done">
            {t("common.done")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button variant="primary" icon={<PhoneOutgoing />} busy={busy} disabled={phone.trim() === ""} onClick={() => void call()} data-testid="confirm">
              {t("editor.testCall.call")}
            </Button>
          </>
        )
      }
    >
      {placed ? (
        <p>
          {t("editor.testCall.placed")}{" "}
          <Link to="/campaigns/$campaignId/$tab" params={{ campaignId: placed.campaignId, tab: "calls" }}>
            {t("editor.testCall.watch")}
          </Link>
        </p>
      ) : (
        <form
          className={styles.publish}
          onSubmit={(event) => {
            event.preventDefault();
            if (phone.trim() !== "") void call();
          }}
        >
          <p>{t("editor.testCall.version", { version: base.version })}</p>
          {dirty ? <p className={styles.note}>{t("editor.testCall.draft")}</p> : null}
          <TextField id="test-phone" name="phone" type="tel" autoFocus label={t("editor.testCall.phone")} help={t("editor.testCall.phoneHelp")} value={phone} issue={refused} onChange={setPhone} onBlur={() => undefined} />
          {error && !refused ? <InlineFailure error={error} /> : null}
        </form>
      )}
    </Dialog>
  );
}
