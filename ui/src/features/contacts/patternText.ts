import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";
import { phone } from "../../i18n/format";

/** The beginning of a number, with its groups as far as they are there. */
function prefixText(pattern: string): string {
  const plan = /^\+(7|1)(\d{1,3})(\d{0,3})(\d{0,2})(\d{0,2})$/.exec(pattern);
  if (!plan) return `${pattern}…`;
  const [, country, area, ...rest] = plan;
  const tail = rest.filter((group) => group !== "").join("-");
  return `+${country} ${area}${tail === "" ? "" : ` ${tail}`}…`;
}

/** The number, or what it begins with. */
export function patternText({ kind, pattern }: Pick<DoNotCallEntry, "kind" | "pattern">): string {
  return kind === "number" ? phone(pattern) : prefixText(pattern);
}
