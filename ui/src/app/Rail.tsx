import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { Activity, ChartColumn, ChevronsUpDown, ContactRound, History, Megaphone, PanelLeftClose, PanelLeftOpen, Plus, Settings, Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";

import { query } from "../api";
import { IconButton } from "../components/Button";
import { useCompany } from "../components/company";
import { Menu } from "../components/Menu";
import { prefer, usePreferences } from "../components/preferences";
import styles from "./Shell.module.css";

const PLACES = [
  ["live", Activity],
  ["campaigns", Megaphone],
  ["lists", ContactRound],
  ["skillbases", Sparkles],
  ["calls", History],
  ["analytics", ChartColumn],
] as const;

/** Parts of a place whose addresses do not begin with its own. */
const WITHIN: Partial<Record<(typeof PLACES)[number][0], RegExp>> = { lists: /^\/(contacts|do-not-call)(\/|$)/ };

function CompanySwitch() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const { data } = useQuery(query("company_list", {}));
  return (
    <Menu
      label={t("rail.companies")}
      trigger={
        <button type="button" className={styles.companyButton} data-testid="company-switch">
          <span className={styles.initial} aria-hidden>
            {[...company.name][0]?.toUpperCase()}
          </span>
          <span>{company.name}</span>
          <span className="visually-hidden">{t("rail.switch")}</span>
          <ChevronsUpDown aria-hidden />
        </button>
      }
      items={[
        ...(data?.items ?? []).map((item) => ({
          id: `company-${item.id}`,
          label: item.name,
          checked: item.id === company.id,
          run: () => {
            prefer({ companyId: item.id });
            void navigate({ to: "/" });
          },
        })),
        { id: "company-new", label: t("rail.newCompany"), icon: <Plus />, separated: true, run: () => void navigate({ to: "/settings/$section", params: { section: "company" }, search: { new: true } }) },
      ]}
    />
  );
}

export function Rail() {
  const { t } = useTranslation();
  const { rail } = usePreferences();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const narrow = rail === "narrow";
  return (
    <nav className={styles.rail} aria-label={t("rail.label")}>
      <div className={styles.brand}>
        <img src="/icon.svg" alt="" />
        <span>{t("app.name")}</span>
        <IconButton
          label={narrow ? t("rail.widen") : t("rail.narrow")}
          size="small"
          icon={narrow ? <PanelLeftOpen /> : <PanelLeftClose />}
          onClick={() => prefer({ rail: narrow ? "wide" : "narrow" })}
        />
      </div>
      <div className={styles.links}>
        {PLACES.map(([place, Icon]) => (
          <Link key={place} to={place === "live" ? "/" : `/${place}`} activeOptions={{ exact: place === "live" }} className={styles.link} data-status={WITHIN[place]?.test(path) ? "active" : undefined} data-testid={`nav-${place}`} title={narrow ? t(`rail.${place}`) : undefined} aria-label={t(`rail.${place}`)}>
            <Icon aria-hidden />
            <span>{t(`rail.${place}`)}</span>
          </Link>
        ))}
      </div>
      <div className={`${styles.links} ${styles.bottom}`}>
        <Link to="/settings/$section" params={{ section: "line" }} className={styles.link} data-testid="nav-settings" title={narrow ? t("rail.settings") : undefined} aria-label={t("rail.settings")}>
          <Settings aria-hidden />
          <span>{t("rail.settings")}</span>
        </Link>
        <CompanySwitch />
      </div>
    </nav>
  );
}
