import { Popover } from "@base-ui/react/popover";
import { useQuery } from "@tanstack/react-query";
import { CircleHelp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { ExplanationView } from "../../bindings/ExplanationView";
import { IconButton } from "../Button";
import { DialingSentence, FurtherReasons, useReasonWords } from "../campaign/DialingSentence";
import { lasting, momentWords, reasonTone } from "../campaign/reason";
import { useCompany } from "../company";
import { InlineFailure } from "../Failure";
import popup from "../Popup.module.css";
import styles from "./Why.module.css";

/** The sentence, when next, and whatever else would hold it back. */
export function WhyText({ explanation, zone }: { explanation: ExplanationView; zone: string }) {
  const { t } = useTranslation();
  const { format, now } = useReasonWords(zone);
  const over = reasonTone(explanation.first.reason) === "quiet" || explanation.first.reason === "task_failed";
  return (
    <div className={styles.why}>
      <DialingSentence explanation={{ ...explanation, nextAt: null }} zone={zone} about="contact" />
      {over || explanation.first.reason === "task_in_progress" || explanation.nextAt === null ? null : <p className={styles.next} data-testid="why-next">{t("why.nextAt", { at: momentWords(format, explanation.nextAt, now) })}</p>}
      {lasting(explanation).length === 0 ? null : (
        <div>
          <p className={styles.next}>{t("why.also")}</p>
          <FurtherReasons explanation={explanation} zone={zone} about="contact" />
        </div>
      )}
    </div>
  );
}

function Answer({ taskId, zone }: { taskId: string; zone: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const { data, error } = useQuery(query("task_explain", { companyId: company.id, taskId }));
  if (error && !data) return <InlineFailure error={error} />;
  return data ? <WhyText explanation={data.explanation} zone={zone} /> : <p>{t("why.loading")}</p>;
}

/** "Why is this contact (not) being called", beside its row. */
export function WhyPopover({ taskId, name, zone }: { taskId: string; name: string; zone: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger render={<IconButton label={t("why.ask", { name })} size="small" icon={<CircleHelp />} data-testid="why-button" />} />
      <Popover.Portal>
        <Popover.Positioner className={popup.positioner} sideOffset={4} align="end">
          <Popover.Popup className={`${popup.popup} ${styles.popup}`} data-testid="why">
            <Popover.Title className={styles.title}>{t("why.ask", { name })}</Popover.Title>
            {open ? <Answer taskId={taskId} zone={zone} /> : null}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
