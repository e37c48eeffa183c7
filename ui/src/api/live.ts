//  The live stream: feeds the refresher, knows the age of the data and the state of the database.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import type { AppInfo } from "../bindings/AppInfo";
import { platform } from "../platform";
import { Refresher } from "./freshness";
import { query } from "./queries";

export const STALE_AFTER_MS = 10_000;
const TICK_MS = 250;

let lastMessageAt = performance.now();
let now = performance.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = performance.now();
  for (const listener of listeners) listener();
}

/** One timer for everything that counts seconds; it rests when nobody looks. */
function subscribeToTicks(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Selects something coarse from the clock; the component renders again only when it differs. */
export function useTick<T extends string | number | boolean>(select: (ageMs: number) => T): T {
  return useSyncExternalStore(subscribeToTicks, () => select(Math.max(0, now - lastMessageAt)));
}

/** Whole seconds since the host was last heard. */
export function useDataAge(): number {
  return useTick((age) => Math.floor(age / 1000));
}

export function useIsStale(): boolean {
  return useTick((age) => age > STALE_AFTER_MS);
}

/** Local time that stands still when the stream does: a running duration of a silent host would be invented. */
export function useLiveNow(stepMs: number): number {
  return useTick((age) => {
    const frozen = Math.max(0, age - STALE_AFTER_MS);
    return Math.floor((Date.now() - frozen) / stepMs) * stepMs;
  });
}

export function startLive(client: QueryClient): () => void {
  const refresher = new Refresher(client);
  const app = query("app_info", {});
  let opened = false;
  const stop = platform().subscribe(
    (message) => {
      lastMessageAt = performance.now();
      if (message.type === "changed") refresher.changed(message.changes);
      else if (message.type === "database") {
        const before = client.getQueryData<AppInfo>(app.queryKey);
        if (before) client.setQueryData<AppInfo>(app.queryKey, { ...before, database: message.status });
        if (message.status.state === "ready" && before?.database.state !== "ready") refresher.everything();
      }
    },
    () => {
      lastMessageAt = performance.now();
      if (opened) refresher.everything();
      opened = true;
    },
  );
  const flush = setInterval(() => refresher.flush(), TICK_MS);
  return () => {
    stop();
    clearInterval(flush);
  };
}
