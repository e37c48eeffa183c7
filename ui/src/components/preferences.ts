//  What a person prefers on this machine. Kept in local storage, so every window of the desk follows at once.
import { useSyncExternalStore } from "react";

import { type Language, switchLanguage, systemLanguage } from "../i18n";

export interface Preferences {
  language: Language;
  theme: "system" | "light" | "dark";
  density: "comfortable" | "compact";
  rail: "wide" | "narrow";
  /** Single letters as shortcuts can be switched off for speech input (WCAG 2.1.4). */
  letterKeys: boolean;
  companyId: string | null;
}

const KEY = "callboard.preferences";

function read(): Preferences {
  const defaults: Preferences = {
    language: systemLanguage(),
    theme: "system",
    density: "comfortable",
    rail: "wide",
    letterKeys: true,
    companyId: null,
  };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

let current = read();
const listeners = new Set<() => void>();

function apply(): void {
  const root = document.documentElement;
  if (current.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = current.theme;
  root.dataset.density = current.density;
}

function announce(before: Preferences): void {
  apply();
  if (before.language !== current.language) void switchLanguage(current.language);
  for (const listener of listeners) listener();
}

window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  const before = current;
  current = read();
  announce(before);
});
apply();

export function preferences(): Preferences {
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  const before = current;
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  announce(before);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
