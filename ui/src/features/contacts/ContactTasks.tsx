import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { ContactTask } from "../../bindings/ContactTask";
import { DialingSentence } from "../../components/campaign/DialingSentence";
import { useCompany } from "../../components/company";
import { Section } from "../../components/Page";
import { OutcomeBadge, TaskBadge } from "../../components/status/Badges";
import { useFormat } from "../../components/useFormat";
import { None } from "../../table/Cells";
import styles from "./Contacts.module.css";

/** The campaigns in which the contact stands, and how it stands there and why. */
export function ContactTasks({ contactId, tasks }: { contactId: string; tasks: readonly ContactTask[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { data } = useQuery({ ...query("contact_explain", { companyId: company.id, contactId }), enabled: tasks.length > 0 });
  const why = (campaignId: string) => data?.items.find((item) => item.campaignId === campaignId)?.explanation;
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
            {tasks.map((task) => {
              const explanation = why(task.campaignId);
              return (
                <tr key={task.campaignId} data-testid="contact-task" data-state={task.status}>
                  <th scope="row">
                    <Link to="/campaigns/$campaignId" params={{ campaignId: task.campaignId }}>
                      {task.campaignName}
                    </Link>
                    {explanation ? (
                      <div className={styles.why} data-testid="contact-why">
                        <DialingSentence explanation={explanation} zone={company.timeZone} about="contact" />
                      </div>
                    ) : null}
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
              );
            })}
          </tbody>
        </table>
      ) : null}
    </Section>
  );
}
