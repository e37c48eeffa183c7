//  The checks of the Rust side once more, for an answer while somebody types. The host has the last word.
import type { FieldError } from "../../bindings/FieldError";

export interface FieldIssue extends Pick<FieldError, "code" | "params"> {
  /** A warning is said, and does not stop anybody. */
  severity?: "error" | "warning";
}
export type FieldIssues = Record<string, FieldIssue>;

const issue = (code: string, params: Record<string, string> = {}): FieldIssue => ({ code, params });

export class Checker {
  readonly issues: FieldIssues = {};

  add(field: string, code: string, params?: Record<string, string>): this {
    this.issues[field] ??= issue(code, params);
    return this;
  }

  /** Blank when it must not be, or longer than `max` characters (code points, as the host counts). */
  text(field: string, value: string, min: number, max: number): this {
    const length = [...value.trim()].length;
    if (length < min) return this.add(field, "required");
    return length > max ? this.add(field, "tooLong", { max: String(max) }) : this;
  }

  whole(field: string, value: string, min: number, max: number): this {
    if (value.trim() === "") return this.add(field, "required");
    const number = /^-?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? this : this.add(field, "range", { min: String(min), max: String(max) });
  }

  decimal(field: string, value: string, min: number, max: number): this {
    if (value.trim() === "") return this.add(field, "required");
    const number = /^-?\d+([.,]\d+)?$/.test(value.trim()) ? Number(value.replace(",", ".")) : Number.NaN;
    return number >= min && number <= max ? this : this.add(field, "range", { min: String(min), max: String(max) });
  }

  price(field: string, value: string): this {
    if (value.trim() === "") return this.add(field, "required");
    return /^\d{1,12}([.,]\d{1,10})?$/.test(value.trim()) ? this : this.add(field, "price");
  }

  /** An amount above nothing; empty is none. */
  budget(field: string, value: string, max: number): this {
    if (value.trim() === "") return this;
    const plain = value.replaceAll(/\s/g, "").replace(",", ".");
    const amount = /^\d{1,12}(\.\d{1,10})?$/.test(plain) ? Number(plain) : Number.NaN;
    return amount > 0 && amount <= max ? this : this.add(field, "budget", { max: String(max) });
  }

  zone(field: string, value: string): this {
    return isZone(value) ? this : this.add(field, "timeZone");
  }
}

/** `HH:MM` as minutes after midnight; `24:00` is the end of a day. */
export function parseTime(text: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (!match) return null;
  const minute = Number(match[2]);
  const total = Number(match[1]) * 60 + minute;
  return minute < 60 && total <= 1440 ? total : null;
}

/** Completes what people type for a time: `9` and `900` become `09:00`. Anything else stays as it is. */
export function tidyTime(text: string): string {
  const digits = text.trim().replace(/[.\-\s]/g, ":");
  const parts = /^(\d{1,2})(?::?(\d{2}))?$/.exec(digits);
  if (!parts?.[1]) return text.trim();
  return `${parts[1].padStart(2, "0")}:${parts[2] ?? "00"}`;
}

/** Abbreviations and fixed offsets do not follow clock changes, so they are no zones here. */
export function isZone(name: string): boolean {
  if (name !== "UTC" && (!name.includes("/") || name.startsWith("Etc/GMT"))) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone !== "";
  } catch {
    return false;
  }
}

const WRAPPERS = /^(form|document|line|livekit|practice|prices|secrets)\./;

/** The host names nested fields by their path; a form knows them by their own name. */
export function issuesFromHost(fields: readonly FieldError[]): FieldIssues {
  const issues: FieldIssues = {};
  for (const { field, code, params } of fields) {
    let name = field;
    while (WRAPPERS.test(name)) name = name.replace(WRAPPERS, "");
    issues[name] ??= { code, params };
  }
  return issues;
}
