import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";
import ru from "./ru.json";

export type Language = "en" | "ru";
export const LANGUAGES: readonly Language[] = ["ru", "en"];

/** Numbers and dates in English follow Britain: 24 hours, the week starts on Monday. */
export const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU" };

export function systemLanguage(): Language {
  return /^(ru|be|kk|ky|uk)\b/.test(navigator.language.toLowerCase()) ? "ru" : "en";
}

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, ru: { translation: ru } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function switchLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export function currentLanguage(): Language {
  return i18next.language === "ru" ? "ru" : "en";
}

export { default as i18next } from "i18next";
