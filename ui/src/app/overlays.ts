//  Whether the palette or the shortcut sheet is open; keys, buttons and commands all open them.
import { useSyncExternalStore } from "react";

type Overlay = "palette" | "shortcuts" | null;

let current: Overlay = null;
const listeners = new Set<() => void>();

function show(next: Overlay): void {
  current = next;
  for (const listener of listeners) listener();
}

export const openPalette = () => show("palette");
export const openShortcuts = () => show("shortcuts");
export const closeOverlay = () => show(null);

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
