import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { useFormat } from "../../components/useFormat";
import { DatabaseChoice } from "./DatabaseChoice";
import { Head } from "./parts";
import styles from "./Settings.module.css";

export function DatabaseSection() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(query("app_info", {}));
  if (!data) return null;
  const { database } = data;
  return (
    <div>
      <Head title={t("settings.database")} note={t("database.note")} />
      <dl className={styles.facts} data-testid="database-state" data-state={database.state}>
        <dt>{t("database.now")}</dt>
        <dd>{t(`database.kind.${database.kind}`)}</dd>
        <dt>{t("database.place")}</dt>
        <dd>{database.place}</dd>
        <dt>{t("database.state")}</dt>
        <dd>{t("database.stateSince", { state: t(`database.states.${database.state}`), at: format.moment(database.since) })}</dd>
      </dl>
      <div className={styles.block}>
        <DatabaseChoice database={database} />
      </div>
    </div>
  );
}
