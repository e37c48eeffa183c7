import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import styles from "./PageTabs.module.css";

/** Parts of one place, each a link to an address of its own. */
export function PageTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {children}
    </nav>
  );
}

const LISTS = [
  ["imports", "/lists"],
  ["contacts", "/contacts"],
  ["doNotCall", "/do-not-call"],
] as const;

/** The parts of "Lists & contacts", which are pages of different features. */
export function ListsTabs() {
  const { t } = useTranslation();
  return (
    <PageTabs label={t("rail.lists")}>
      {LISTS.map(([tab, to]) => (
        <Link key={tab} to={to} activeOptions={{ includeSearch: false }} data-testid={`tab-${tab}`}>
          {t(`contacts.tab.${tab}`)}
        </Link>
      ))}
    </PageTabs>
  );
}
