import { useQuery } from "@tanstack/react-query";
import { Link, useMatches } from "@tanstack/react-router";
import { ChevronRight, PhoneOutgoing, Search } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query, useDataAge, useIsStale } from "../api";
import { useCompany } from "../components/company";
import { Kbd } from "../components/Kbd";
import { LineBadge } from "../components/status/Badges";
import { phone } from "../i18n/format";
import { windowScope } from "../platform";
import { Notices } from "./Notices";
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
  const { campaignId, skillbaseId, contactId } = params;
  const campaign = useQuery({ ...query("campaign_get", { companyId: company.id, campaignId: campaignId ?? "" }), enabled: campaignId !== undefined });
  const skillbase = useQuery({ ...query("skillbase_get", { companyId: company.id, skillbaseId: skillbaseId ?? "" }), enabled: skillbaseId !== undefined });
  const contact = useQuery({ ...query("contact_get", { companyId: company.id, contactId: contactId ?? "" }), enabled: contactId !== undefined });
  if (contactId) return contact.data ? (contact.data.contact.name ?? phone(contact.data.contact.phone)) : "…";
  if (routeId.startsWith("/lists/")) return t("crumb.import");
  if (campaignId) return campaign.data?.form.name ?? "…";
  if (skillbaseId) return skillbase.data?.summary.name ?? "…";
  if (routeId === "/contacts/new") return t("contacts.new");
  return t(routeId.endsWith("/new") ? "crumb.new" : "crumb.call");
}

const SECTIONS = ["live", "campaigns", "lists", "skillbases", "calls", "analytics", "settings"] as const;

/** Pages of "Lists & contacts" with addresses of their own. */
const PARTS = [
  ["/contacts", "contacts"],
  ["/do-not-call", "doNotCall"],
] as const;

function Crumbs() {
  const { t } = useTranslation();
  const matches = useMatches();
  const leaf = matches.at(-1);
  if (!leaf) return null;
  const part = PARTS.find(([path]) => leaf.pathname.startsWith(path));
  const section = part ? "lists" : (SECTIONS.find((name) => leaf.pathname.startsWith(`/${name}`)) ?? "live");
  const params = leaf.params as Record<string, string>;
  const deep = Object.keys(params).some((name) => name.endsWith("Id")) || leaf.pathname.endsWith("/new") || leaf.pathname.endsWith("/import");
  return (
    <nav aria-label={t("shell.where")} className={styles.where}>
      <ol className={styles.crumbs}>
        <li data-spare={part ? "" : undefined}>{deep || part ? <Link to={section === "live" ? "/" : `/${section}`}>{t(`rail.${section}`)}</Link> : <span>{t(`rail.${section}`)}</span>}</li>
        {part ? (
          <li>
            <ChevronRight aria-hidden />
            {deep ? <Link to={part[0]}>{t(`contacts.tab.${part[1]}`)}</Link> : <span>{t(`contacts.tab.${part[1]}`)}</span>}
          </li>
        ) : null}
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
      {windowScope ? null : <Notices />}
      <StopAll />
    </header>
  );
}
