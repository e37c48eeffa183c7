//  The one registry of what can be done from the keyboard. It feeds the palette, the shortcuts and their sheet.
import { useEffect, useSyncExternalStore } from "react";

export interface Keys {
  /** Physical keys (`KeyboardEvent.code`), so that a Cyrillic layout changes nothing; two make a sequence. */
  codes: readonly [string] | readonly [string, string];
  mod?: boolean;
  shift?: boolean;
}

export interface DeskCommand {
  id: string;
  /** Key of the catalogue and its values. */
  title: string;
  params?: Record<string, string>;
  group: "go" | "do" | "view";
  keys?: Keys;
  run: () => void;
}

let registered: readonly (readonly DeskCommand[])[] = [];
let flat: readonly DeskCommand[] = [];
const listeners = new Set<() => void>();

function update(next: readonly (readonly DeskCommand[])[]): void {
  registered = next;
  flat = next.flat();
  for (const listener of listeners) listener();
}

/** Offers commands while the component is shown; pass a stable list. */
export function useCommands(commands: readonly DeskCommand[]): void {
  useEffect(() => {
    update([...registered, commands]);
    return () => update(registered.filter((list) => list !== commands));
  }, [commands]);
}

export function useAllCommands(): readonly DeskCommand[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flat,
  );
}

export function allCommands(): readonly DeskCommand[] {
  return flat;
}

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Record<string, string> = { Space: "Space", Slash: "/", Escape: "Esc", Enter: "Enter" };

/** The keys as they are printed on the keyboard. */
export function keyNames({ codes, mod = false, shift = false }: Keys): string[] {
  if (shift && codes[0] === "Slash") return ["?"];
  const printed = codes.map((code) => NAMES[code] ?? code.replace(/^(Key|Digit)/, ""));
  return [...(mod ? [MAC ? "⌘" : "Ctrl"] : []), ...(shift ? [MAC ? "⇧" : "Shift"] : []), ...printed];
}

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

/** What the same keys give in the other layout: `rfvgfybz` is «кампания». */
export function otherLayout(text: string): string {
  return [...text.toLowerCase()]
    .map((letter) => {
      const latin = LATIN.indexOf(letter);
      if (latin >= 0) return CYRILLIC[latin];
      const cyrillic = CYRILLIC.indexOf(letter);
      return cyrillic >= 0 ? LATIN[cyrillic] : letter;
    })
    .join("");
}

/** Letters of the query in order: 0 is no match, more is better. */
export function fuzzyScore(hay: string, needle: string): number {
  const text = hay.toLowerCase();
  const query = needle.trim().toLowerCase();
  if (query === "") return 1;
  const at = text.indexOf(query);
  if (at >= 0) return 100 - Math.min(at, 50) + (at === 0 || text[at - 1] === " " ? 30 : 0);
  let from = 0;
  for (const letter of query) {
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    from = found + 1;
  }
  return Math.max(1, 20 - (from - query.length));
}
