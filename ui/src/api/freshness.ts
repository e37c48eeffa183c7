//  Which answers are stale. Owns the only two reasons: a command that declares what it invalidates, and a live
//  message that names what changed.
import type { Query, QueryClient } from "@tanstack/react-query";

import type { Change } from "../bindings/Change";
import { commandTags } from "../bindings/commands";
import type { Command } from "./rpc";

interface Scope {
  companyId?: string | null;
  campaignId?: string | null;
}

function commandOf(query: Query): Command | undefined {
  const name = query.queryKey[0];
  return typeof name === "string" && name in commandTags ? (name as Command) : undefined;
}

function scopeOf(query: Query): Scope {
  const request = query.queryKey[1];
  return typeof request === "object" && request !== null ? (request as Scope) : {};
}

/** A change concerns an answer unless both name a company (or a campaign) and name different ones. */
export function concerns(change: Change, query: Query): boolean {
  const command = commandOf(query);
  if (!command || !commandTags[command].provides.includes(change.tag)) return false;
  const { companyId, campaignId } = scopeOf(query);
  const differs = (ours: string | null | undefined, theirs: string | null) =>
    ours !== null && ours !== undefined && theirs !== null && ours !== theirs;
  return !differs(companyId, change.companyId) && !differs(campaignId, change.campaignId);
}

export function staleAfter(client: QueryClient, command: Command): void {
  const tags = commandTags[command].invalidates;
  if (tags.length === 0) return;
  void client.invalidateQueries({
    predicate: (query) => {
      const reader = commandOf(query);
      return reader !== undefined && commandTags[reader].provides.some((tag) => tags.includes(tag));
    },
  });
}

/** The database counts over many rows for these; twice a second would cost more than it tells. */
const GAP_MS: Partial<Record<Command, number>> = {
  campaign_analytics: 1_000,
  call_list: 1_000,
  task_list: 1_000,
  import_list: 1_000,
  contact_list: 1_000,
  limits_get: 1_000,
  breaker_list: 1_000,
  task_explain: 1_000,
  contact_explain: 1_000,
  notice_list: 1_000,
  // Played through with the whole list: a fraction of a second of one core.
  campaign_preflight: 15_000,
  // Whole documents, which a running campaign says nothing new about: only how many use them.
  skillbase_get: 5_000,
  skillbase_versions: 5_000,
  skillbase_list: 2_000,
};
const DEFAULT_GAP_MS = 250;

/**
 * Reads stale answers again, each at most once per gap and never twice at the same time: a read that was under way
 * when the change came may have missed it, so the answer is read once more afterwards instead of being cancelled,
 * which under a steady stream of changes would never finish.
 */
export class Refresher {
  readonly #client: QueryClient;
  readonly #now: () => number;
  readonly #dirty = new Set<string>();
  readonly #startedAt = new Map<string, number>();

  constructor(client: QueryClient, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#now = now;
  }

  changed(changes: readonly Change[]): void {
    for (const query of this.#client.getQueryCache().getAll()) {
      if (changes.some((change) => concerns(change, query))) this.#mark(query);
    }
  }

  /** The stream was interrupted: anything may have changed. */
  everything(): void {
    for (const query of this.#client.getQueryCache().getAll()) this.#mark(query);
  }

  /** Called four times a second. */
  flush(): void {
    const cache = this.#client.getQueryCache();
    for (const hash of this.#dirty) {
      const query = cache.get(hash);
      if (!query) {
        this.#dirty.delete(hash);
        this.#startedAt.delete(hash);
        continue;
      }
      if (!query.isActive()) {
        this.#dirty.delete(hash);
        query.invalidate();
        continue;
      }
      const command = commandOf(query);
      const gap = (command && GAP_MS[command]) ?? DEFAULT_GAP_MS;
      // A tick may come a few milliseconds early; it must not double the gap.
      const rested = this.#now() - (this.#startedAt.get(hash) ?? -Infinity) >= gap - 20;
      if (query.state.fetchStatus !== "idle" || !rested) continue;
      this.#dirty.delete(hash);
      this.#startedAt.set(hash, this.#now());
      query.invalidate();
      void this.#client.refetchQueries({ queryKey: query.queryKey, exact: true });
    }
  }

  #mark(query: Query): void {
    if (commandOf(query)) this.#dirty.add(query.queryHash);
  }
}
