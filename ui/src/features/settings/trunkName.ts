import type { TFunction } from "i18next";

/** The practice line has one trunk without an id of its own. */
export const trunkName = (t: TFunction, trunk: string): string => (trunk === "practice" ? t("line.practice") : trunk);
