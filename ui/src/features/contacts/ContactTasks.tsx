import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { ContactTask } from "../../bindings/ContactTask";
import { Section } from "../../components/Page";
import { OutcomeBadge, TaskBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { None } from "../../table/Cells";
import styles from "./Contacts.module.css";

/** The campaigns in which the contact stands, and how it stands there. */
export function ContactTasks({ tasks }: { tasks: readonly ContactTask[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={t("contacts.tasks", { count: tasks.length })} testid="contact-tasks">
      {tasks.length === 0 ? <p className={styles.soft}>{t("contacts.noTasks")}</p> : null}
      {tasks.length > 0 ? (
        <table className={styles.tasks}>
          <thead>
            <tr>
              <th scope="col">{t("contacts.task.campaign")}</th>
              <th scope="col">{t("contacts.task.status")}</th>
              <th scope="col" data-align="end">
                {t("contacts.task.attempts")}
              </th>
              <th scope="col">{t("contacts.task.outcome")}</th>
              <th scope="col">{t("contacts.task.next")}</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <tr key={task.campaignId} data-testid="contact-task" data-state={task.status}>
                <th scope="row">
                  <Link to="/campaigns/$campaignId" params={{ campaignId: task.campaignId }}>
                    {task.campaignName}
                  </Link>
                </th>
                <td>
                  <TaskBadge status={task.status} />
                </td>
                <td data-align="end" data-numeric="">
                  {task.attempts === 0 ? <None /> : format.number(task.attempts)}
                </td>
                <td>{task.outcome ? <OutcomeBadge outcome={task.outcome} /> : <None />}</td>
                <td data-numeric="">{task.nextAttemptAt ? format.moment(task.nextAttemptAt) : <None />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </Section>
  );
}
