import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Building2, Cable, CalendarOff, Database, Gauge, Info, type LucideIcon, Palette, PhoneOutgoing, Receipt, ScrollText, Volume2 } from "lucide-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { SettingsView } from "../../bindings/SettingsView";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Page } from "../../components/Page";
import { About } from "./About";
import { Appearance } from "./Appearance";
import { CompanySection } from "./CompanySection";
import { DatabaseSection } from "./DatabaseSection";
import { Holidays } from "./Holidays";
import { Instructions } from "./Instructions";
import { Limits } from "./Limits";
import { Line } from "./Line";
import { Prices } from "./Prices";
import { Speech } from "./Speech";
import styles from "./Settings.module.css";
import { Trunks } from "./Trunks";

interface SectionProps {
  settings: SettingsView;
}

const SECTIONS: readonly [string, LucideIcon, ComponentType<SectionProps>][] = [
  ["line", PhoneOutgoing, Line],
  ["trunks", Cable, Trunks],
  ["speech", Volume2, Speech],
  ["instructions", ScrollText, Instructions],
  ["limits", Gauge, Limits],
  ["holidays", CalendarOff, Holidays],
  ["prices", Receipt, Prices],
  ["company", Building2, CompanySection],
  ["database", Database, DatabaseSection],
  ["appearance", Palette, Appearance],
  ["about", Info, About],
];

export function Settings() {
  const { t } = useTranslation();
  const company = useCompany();
  const { section } = useParams({ from: "/settings/$section" });
  const { data, error, refetch } = useQuery(query("settings_get", { companyId: company.id }));
  const [, , Shown] = SECTIONS.find(([name]) => name === section) ?? SECTIONS[0] ?? [];
  return (
    <Page title={t("rail.settings")} testid="page-settings" state={data ? section : "loading"} scroll={false}>
      <div className={styles.layout}>
        <nav className={styles.nav} aria-label={t("rail.settings")}>
          {SECTIONS.map(([name, Icon]) => (
            <Link key={name} to="/settings/$section" params={{ section: name }} data-testid={`settings-${name}`} activeOptions={{ includeSearch: false }}>
              <Icon aria-hidden />
              {t(`settings.${name}`)}
            </Link>
          ))}
        </nav>
        <div className={styles.body}>
          {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
          {data && Shown ? <Shown settings={data} key={`${section}-${company.id}`} /> : error ? null : <Loading />}
        </div>
      </div>
    </Page>
  );
}
