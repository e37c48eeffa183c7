import { useTranslation } from "react-i18next";

import { IpcError } from "../api";
import type { AppInfo } from "../bindings/AppInfo";
import { InlineFailure } from "../components/Failure";
import { DatabaseChoice } from "../features/settings/DatabaseChoice";
import styles from "./Boot.module.css";

/** The desk cannot open: what the database said, and the two ways out. */
export function DatabaseTrouble({ app }: { app: AppInfo }) {
  const { t } = useTranslation();
  const { database } = app;
  return (
    <main className={styles.screen} data-testid="database-trouble" data-state={database.state}>
      <div className={styles.sheet}>
        <h1>{t(`databaseTrouble.${database.state === "refused" ? "refused" : "away"}`)}</h1>
        <p>{t(`databaseTrouble.${database.kind}`, { place: database.place })}</p>
        {database.error ? <InlineFailure error={new IpcError(database.error)} /> : null}
        <DatabaseChoice database={database} />
      </div>
    </main>
  );
}
