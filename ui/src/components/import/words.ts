import type { TFunction } from "i18next";

import type { ImportRow } from "../../bindings/ImportRow";
import { phone } from "../../i18n/format";

/** What becomes of a row and why, as a sentence; a reason that this desk does not know is named by its key. */
export function reasonText(t: TFunction, row: ImportRow): string {
  const { fate, reason } = row;
  const number = row.phone === null ? "" : phone(row.phone).replaceAll(" ", "\u00a0");
  if (fate === "fixed") return t(`fixes.${reason ?? "other"}`, { phone: number, defaultValue: t("fixes.other", { phone: number }) });
  if (fate === "ready") return t("import.row.ready");
  if (fate === "known") return t("import.row.known");
  if (reason === null) return t(`rowFate.${fate}`);
  return t(`rejects.${reason}`, { defaultValue: t("rejects.other", { key: reason }) });
}

/** A size as people read it: bytes say nothing above a thousand. */
export function fileSize(t: TFunction, number: (value: number, digits?: number) => string, bytes: number): string {
  if (bytes < 1_000) return t("import.size.bytes", { size: number(bytes) });
  if (bytes < 1_000_000) return t("import.size.kilo", { size: number(bytes / 1_000) });
  return t("import.size.mega", { size: number(bytes / 1_000_000, 1) });
}
