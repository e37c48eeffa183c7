import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { type Format, formatter } from "../i18n/format";

/** Formats in the current language; with a zone, times are read in it. */
export function useFormat(zone?: string): Format {
  const { i18n } = useTranslation();
  const language = i18n.language === "ru" ? "ru" : "en";
  return useMemo(() => formatter(language, zone), [language, zone]);
}
