import { useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Ellipsis, PhoneOutgoing, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc, send } from "../../api";
import type { TaskView } from "../../bindings/TaskView";
import { Button, IconButton } from "../../components/Button";
import { type Callee, CallNowDialog } from "../../components/calling/CallNowDialog";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { InlineFailure } from "../../components/Failure";
import { Checker, fromWall, MomentField, type MomentText, parseTime, readDate, showDate, toWall, useForm } from "../../components/form";
import { Menu } from "../../components/Menu";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { WhyPopover } from "../../components/why/Why";
import { phone } from "../../i18n/format";
import { windowScope } from "../../platform";
import styles from "./Campaigns.module.css";

const OPEN = new Set(["pending", "retry"]);

interface Values {
  at: MomentText;
}

function check({ at }: Values) {
  const checker = new Checker();
  const minutes = parseTime(at.time);
  if (readDate(at.date) === null || minutes === null || minutes === 1440) checker.add("at", "moment");
  return checker.issues;
}

/** Promises a call at a time; it goes before the row's usual turn, within the hours. */
function CallbackDialog({ task, zone, onClose }: { task: TaskView; zone: string; onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const format = useFormat(zone);
  const name = task.contactName ?? phone(task.phone);
  const [initial] = useState((): Values => {
    const wall = toWall(task.callbackAt ?? new Date(Date.now() + 3_600_000).toISOString(), zone);
    return { at: { date: showDate(wall.date), time: wall.time } };
  });
  const form = useForm<Values>({ initial, check });
  const save = () =>
    void form.submit(async ({ at }) => {
      const instant = fromWall({ date: readDate(at.date) ?? "", time: at.time }, zone);
      await send(client, "task_callback", { companyId: company.id, taskId: task.id, at: instant });
      toast(t("callback.done", { name, at: format.moment(instant) }));
      onClose();
    });
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      testid="callback"
      title={t("callback.title", { name })}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={form.busy} onClick={save} data-testid="confirm">
            {t("callback.confirm")}
          </Button>
        </>
      }
    >
      <form
        id={form.id}
        noValidate
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <MomentField {...form.bind("at")} label={t("callback.at")} help={t("callback.help", { zone: zone.replaceAll("_", " ") })} />
        {form.error ? <InlineFailure error={form.error} /> : null}
      </form>
    </Dialog>
  );
}

/** Why a row of the queue is (not) being called, and what can be done with it by hand. */
export function TaskActions({ task, campaignId, zone }: { task: TaskView; campaignId: string; zone: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  const [callee, setCallee] = useState<Callee | null>(null);
  const [promising, setPromising] = useState(false);
  const name = task.contactName ?? phone(task.phone);
  const open = OPEN.has(task.status);

  /** A row names its numbers; whose they are stands in the contact book. */
  const callNow = async () => {
    try {
      const found = await rpc("contact_list", { companyId: company.id, filter: { search: task.numbers[0] ?? task.phone, tags: [], callListId: null, called: null }, cursor: null, limit: 20 });
      const contact = found.items.find((one) => [one.phone, ...one.otherPhones].some((number) => task.numbers.includes(number) || number === task.phone));
      if (contact) setCallee({ contactId: contact.id, name: contact.name, phones: [contact.phone, ...contact.otherPhones], campaignId });
      else failed(t("callNow.failed"), new Error(t("callNow.noContact")));
    } catch (thrown) {
      failed(t("callNow.failed"), thrown);
    }
  };
  const takeBack = async () => {
    try {
      await send(client, "task_callback", { companyId: company.id, taskId: task.id, at: null });
      toast(t("callback.undone", { name }));
    } catch (thrown) {
      failed(t("callback.failed"), thrown);
    }
  };
  const items = [
    ...(windowScope === null && task.status !== "in_progress" ? [{ id: "call-now", label: t("callNow.button"), icon: <PhoneOutgoing />, run: () => void callNow() }] : []),
    ...(open ? [{ id: "callback", label: t("callback.button"), icon: <CalendarClock />, run: () => setPromising(true) }] : []),
    ...(open && task.callbackAt !== null ? [{ id: "callback-undo", label: t("callback.takeBack"), icon: <Undo2 />, run: () => void takeBack() }] : []),
  ];
  return (
    <div className={styles.actions}>
      <WhyPopover taskId={task.id} name={name} zone={zone} />
      {items.length > 0 ? <Menu label={t("queue.more", { name })} trigger={<IconButton label={t("queue.more", { name })} size="small" icon={<Ellipsis />} data-testid="task-menu" />} items={items} /> : <span className={styles.noMenu} />}
      {callee ? <CallNowDialog callee={callee} onClose={() => setCallee(null)} /> : null}
      {promising ? <CallbackDialog task={task} zone={zone} onClose={() => setPromising(false)} /> : null}
    </div>
  );
}
