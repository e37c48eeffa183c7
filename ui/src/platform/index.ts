import type { Platform } from "./types";

export type { Drafts, DropEvent, ImportFile, Platform } from "./types";
export { HostUnreachable } from "./types";

async function choose(): Promise<Platform> {
  if (import.meta.env.MODE === "mock") return (await import("./mock")).createMockPlatform();
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).createTauriPlatform();
  return (await import("./http")).createHttpPlatform();
}

let chosen: Platform | undefined;

/** Chooses the host once, before anything is rendered. */
export async function connectPlatform(): Promise<void> {
  chosen = await choose();
}

/** For tests: answers in place of a host. */
export function platformForTests(platform: Platform): void {
  chosen = platform;
}

export function platform(): Platform {
  if (!chosen) throw new Error("connectPlatform has not run.");
  return chosen;
}

/** Set in a window of one campaign, whose address names it; such a window has no rail. */
export interface WindowScope {
  companyId: string;
  campaignId: string;
}

function readScope(): WindowScope | null {
  const query = new URLSearchParams(location.search);
  const companyId = query.get("company");
  const campaignId = query.get("campaign");
  return companyId && campaignId ? { companyId, campaignId } : null;
}

/** Read once: the router's own addresses may carry parameters of the same names later. */
export const windowScope = readScope();
