import { useCallback } from "react";

/** Takes the focus to where a step begins when what had it is gone: the keyboard goes on from here. */
export function useLanding(): (element: HTMLElement | null) => void {
  return useCallback((element) => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost) element?.focus({ preventScroll: true });
  }, []);
}
