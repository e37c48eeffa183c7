import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, startLive } from "../api";
import { Failure } from "../components/Failure";
import { Setup } from "../features/setup/Setup";
import styles from "./Boot.module.css";
import { DatabaseTrouble } from "./DatabaseTrouble";
import { router } from "./router";

const POLL_MS = 500;

/** Calm for the first second, then says what is being waited for. */
function Splash({ words }: { words: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.splash} role="status" data-testid="splash">
      <img src="/icon.svg" alt="" width={48} height={48} />
      <p>{late ? words : ""}</p>
    </div>
  );
}

/** Marks the document once a screen outside of the shell is there. */
function Shown({ children }: { children: ReactNode }) {
  useEffect(() => {
    document.documentElement.dataset["ready"] = "";
  }, []);
  return children;
}

/** The desk may be mounted already, by the live message about the new company; it opens where the person can go on. */
function openAfterSetup(campaignId: string | null): void {
  if (campaignId !== null) void router.navigate({ to: "/campaigns/$campaignId/$tab", params: { campaignId, tab: "overview" }, replace: true });
}

/** Decides which of the first screens is shown: waiting, trouble, first run, the desk. */
export function Boot() {
  const { t } = useTranslation();
  const client = useQueryClient();
  useEffect(() => startLive(client), [client]);
  const { data, error, refetch } = useQuery({
    ...query("app_info", {}),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.database.state === "starting" ? POLL_MS : false),
  });
  const state = data?.database.state;
  // Once the desk was shown, a database that goes away leaves it readable under a banner.
  const [opened, setOpened] = useState(false);
  if (state === "ready" && !opened) setOpened(true);

  if (!data) {
    if (!error) return <Splash words={t("boot.connecting")} />;
    return (
      <Shown>
        <div className={styles.screen}>
          <Failure error={error} title={t("boot.noHost")} onRetry={() => void refetch()} />
        </div>
      </Shown>
    );
  }
  if (state === "refused" || (state === "away" && !opened)) {
    return (
      <Shown>
        <DatabaseTrouble app={data} />
      </Shown>
    );
  }
  if (state === "starting" && !opened) return <Splash words={t("boot.database")} />;
  if (data.setupNeeded) {
    return (
      <Shown>
        <Setup onDone={openAfterSetup} />
      </Shown>
    );
  }
  return <RouterProvider router={router} />;
}
