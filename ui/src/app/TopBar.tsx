import { useQuery } from "@tanstack/react-query";
import { Link, useMatches } from "@tanstack/react-router";
import { ChevronRight, PhoneOutgoing, Search } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query, useDataAge, useIsStale } from "../api";
import { useCompany } from "../components/company";
import { Kbd } from "../components/Kbd";
import { LineBadge } from "../components/status/Badges";
import { windowScope } from "../platform";
import { openPalette } from "./overlays";
import styles from "./Shell.module.css";
import { StopAll } from "./StopAll";

/** How old everything on the screen is. Seconds are not announced: that would never be silent. */
function DataAge() {
  const { t } = useTranslation();
  const age = useDataAge();
  const stale = useIsStale();
  return (
    <span className={styles.age} data-testid="data-age" data-state={stale ? "stale" : "fresh"}>
      <i aria-hidden />
      {age < 3 ? t("age.now") : t("age.ago", { count: age })}
      <span className="visually-hidden" role="status">
        {stale ? t("age.stale") : ""}
      </span>
    </span>
  );
}

function LineState() {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("settings_get", { companyId: company.id }));
  if (!data) return null;
  // The line that the next first start gets; a campaign that has started says its own beside its name.
  if (data.line.kind === "practice") return <LineBadge line="practice" words="line.practice" />;
  return (
    <span className={styles.line} data-testid="line-state">
      <PhoneOutgoing aria-hidden />
      {t("line.livekit")}
    </span>
  );
}

/** The campaign's or call's own name for its place in the path. */
function EntityCrumb({ routeId, params }: { routeId: string; params: Record<string, string> }) {
  const { t } = useTranslation();
  const company = useCompany();
  const { campaignId, skillbaseId } = params;
  const campaign = useQuery({ ...query("campaign_get", { companyId: company.id, campaignId: campaignId ?? "" }), enabled: campaignId !== undefined });
  const skillbase = useQuery({ ...query("skillbase_get", { companyId: company.id, skillbaseId: skillbaseId ?? "" }), enabled: skillbaseId !== undefined });
  if (campaignId) return campaign.data?.form.name ?? "…";
  if (skillbaseId) return skillbase.data?.name ?? "…";
  return t(routeId.endsWith("/new") ? "crumb.new" : "crumb.call");
}

const SECTIONS = ["live", "campaigns", "lists", "skillbases", "calls", "analytics", "settings"] as const;

function Crumbs() {
  const { t } = useTranslation();
  const matches = useMatches();
  const leaf = matches.at(-1);
  if (!leaf) return null;
  const section = SECTIONS.find((name) => leaf.pathname.startsWith(`/${name}`)) ?? "live";
  const params = leaf.params as Record<string, string>;
  const deep = Object.keys(params).some((name) => name.endsWith("Id")) || leaf.pathname.endsWith("/new");
  return (
    <nav aria-label={t("shell.where")} className={styles.where}>
      <ol className={styles.crumbs}>
        <li>{deep ? <Link to={section === "live" ? "/" : `/${section}`}>{t(`rail.${section}`)}</Link> : <span>{t(`rail.${section}`)}</span>}</li>
        {deep ? (
          <li>
            <ChevronRight aria-hidden />
            <span>
              <EntityCrumb routeId={leaf.pathname} params={params} />
            </span>
          </li>
        ) : null}
      </ol>
    </nav>
  );
}

export function TopBar() {
  const { t } = useTranslation();
  return (
    <header className={styles.top}>
      <Crumbs />
      <button type="button" className={styles.find} onClick={openPalette} data-testid="open-palette">
        <Search aria-hidden />
        <span>{t("palette.open")}</span>
        <Kbd keys={{ codes: ["KeyK"], mod: true }} />
      </button>
      {windowScope ? null : <LineState />}
      <DataAge />
      <StopAll />
    </header>
  );
}
