import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Head } from "./parts";
import styles from "./Settings.module.css";

export function About() {
  const { t } = useTranslation();
  const { data } = useQuery(query("app_info", {}));
  if (!data) return null;
  const yes = (value: boolean) => t(value ? "common.yes" : "common.no");
  return (
    <div>
      <Head title={t("app.name")} note={t("about.note")} />
      <dl className={styles.facts}>
        <dt>{t("about.version")}</dt>
        <dd data-numeric="" data-testid="version">
          {data.version}
        </dd>
        <dt>{t("about.host")}</dt>
        <dd>{t(`about.hosts.${data.host}`)}</dd>
        <dt>{t("about.worker")}</dt>
        <dd>{yes(data.worker)}</dd>
        <dt>{t("about.keyring")}</dt>
        <dd>{yes(data.keyring)}</dd>
        <dt>{t("about.licence")}</dt>
        <dd>{t("about.licenceText")}</dd>
      </dl>
    </div>
  );
}
