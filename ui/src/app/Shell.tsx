import { useQuery } from "@tanstack/react-query";
import { Outlet, useMatches } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../api";
import { CompanyContext } from "../components/company";
import { Failure } from "../components/Failure";
import { Banner, Loading } from "../components/Feedback";
import { ImportHost } from "../components/import/ImportHost";
import { prefer, usePreferences } from "../components/preferences";
import { Toasts } from "../components/Toasts";
import { windowScope } from "../platform";
import { DeskCommands } from "./DeskCommands";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import styles from "./Shell.module.css";
import { ShortcutSheet } from "./ShortcutSheet";
import { TopBar } from "./TopBar";

function DatabaseBanner() {
  const { t } = useTranslation();
  const { data } = useQuery(query("app_info", {}));
  // A skillbase is written on without a database: its drafts are kept on this computer.
  const drafting = useMatches({ select: (matches) => matches.at(-1)?.pathname.startsWith("/skillbases/") === true });
  if (!data || data.database.state === "ready") return null;
  return (
    <Banner tone={drafting ? "warning" : "failure"} testid="database-away">
      {t(drafting ? "editor.offline" : "banner.databaseAway")}
    </Banner>
  );
}

export function Shell() {
  const { t } = useTranslation();
  const { companyId, rail } = usePreferences();
  const { data, error, refetch } = useQuery(query("company_list", {}));
  const wanted = windowScope?.companyId ?? companyId;
  const company = data?.items.find(({ id }) => id === wanted) ?? (windowScope ? undefined : data?.items[0]);

  useEffect(() => {
    if (company && !windowScope && company.id !== companyId) prefer({ companyId: company.id });
  }, [company, companyId]);

  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!company) {
    return (
      <div className={styles.waiting}>
        <Loading label={t("boot.company")} />
      </div>
    );
  }
  const desk = (
    <div className={styles.shell} data-rail={windowScope ? "none" : rail} data-testid="shell" data-state={windowScope ? "campaign" : "main"}>
      <a href="#main" className={styles.skip}>
        {t("shell.skip")}
      </a>
      {windowScope ? null : <Rail />}
      <TopBar />
      <main className={styles.main} id="main" tabIndex={-1}>
        <DatabaseBanner />
        <div className={styles.outlet}>
          <Outlet />
        </div>
      </main>
      <DeskCommands />
      <Palette />
      <ShortcutSheet />
      <Toasts />
    </div>
  );
  return (
    <CompanyContext value={company} key={company.id}>
      {windowScope ? desk : <ImportHost>{desk}</ImportHost>}
    </CompanyContext>
  );
}
