//  What stands in the box of numbers that must not be called: which are prefixes, and how broad those are.

export interface Typed {
  numbers: string[];
  prefixes: string[];
}

/** One entry per line; a star at its end makes a prefix. */
export function readEntries(text: string): Typed {
  const entries = text.split(/[\r\n\t]/).map((entry) => entry.trim()).filter((entry) => entry !== "");
  return { numbers: entries.filter((entry) => !entry.endsWith("*")), prefixes: entries.filter((entry) => entry.endsWith("*")) };
}

const DECORATION = /[\s().\u2010-\u2015-]/g;
const LONGEST = 15;
const SHORTEST = 2;

type Refusal = "prefixInvalid" | "prefixCountry" | "prefixTooShort";

/** The digits of a prefix with its country, or why the host would refuse it; its rules once more, for an answer while somebody types. */
export function readPrefix(entry: string, region: string): { digits: string } | { refused: Refusal } {
  const written = entry.trim().replace(/\*$/, "").trim();
  const plus = written.startsWith("+");
  const bare = written.replace(/^\+/, "").replace(DECORATION, "");
  if (/\D/.test(bare)) return { refused: "prefixInvalid" };
  const russian = region === "RU" || region === "KZ";
  const american = region === "US" || region === "CA";
  const abroad = /^00/.exec(bare) ?? (russian ? /^810/.exec(bare) : null) ?? (american ? /^011/.exec(bare) : null);
  const digits = plus ? bare : abroad ? bare.slice(abroad[0].length) : russian && /^[78]/.test(bare) ? `7${bare.slice(1)}` : null;
  if (digits === null) return { refused: "prefixCountry" };
  if (digits.length > LONGEST || digits.startsWith("0")) return { refused: "prefixInvalid" };
  return digits.length < SHORTEST ? { refused: "prefixTooShort" } : { digits };
}

/** Digits of a whole number in the plans whose numbers are all of one length. */
const LENGTHS: Record<string, number> = { "7": 11, "1": 11 };

/** How many numbers a prefix can forbid; none where the numbers of its country differ in length. */
export function breadth(digits: string): number | null {
  const length = LENGTHS[digits[0] ?? ""];
  return length === undefined ? null : 10 ** Math.max(0, length - digits.length);
}
