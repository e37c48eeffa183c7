//  Long lists a page at a time. Every page is a query of its own; only the pages in sight are kept fresh.
import { useQueries, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import type { IpcError } from "./error";
import { query } from "./queries";
import type { Request, Response } from "./rpc";

export type PagedCommand = "campaign_list" | "call_list" | "task_list" | "contact_list" | "do_not_call_list";
type Row<K extends PagedCommand> = Response<K>["items"][number];

export interface Pages<Row> {
  rows: readonly Row[];
  total: number | undefined;
  loading: boolean;
  error: IpcError | null;
  /** Tells which rows are in sight; near the end the next page is read. */
  look: (first: number, last: number) => void;
  retry: () => void;
}

export const PAGE = 100;

interface Page<Row> {
  items: readonly Row[];
  nextCursor: string | null;
  total: number;
}

/** The pages' rows in order; a row that moved between two reads is kept once, where it stands first. */
export function joinPages<Row extends { id: string }>(pages: readonly (Page<Row> | undefined)[]): Row[] {
  const seen = new Set<string>();
  const rows: Row[] = [];
  for (const page of pages) {
    for (const row of page?.items ?? []) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}

/** The cursors of up to `wanted` pages, as far as the pages before them are known. */
export function chainCursors(
  before: readonly (string | null)[],
  pages: readonly (Page<unknown> | undefined)[],
  wanted: number,
): (string | null)[] {
  const cursors: (string | null)[] = [null];
  while (cursors.length < wanted) {
    const page = pages[cursors.length - 1];
    const next = page ? page.nextCursor : before[cursors.length];
    if (!next) break;
    cursors.push(next);
  }
  return cursors;
}

interface Sight {
  key: string;
  cursors: (string | null)[];
  /** The cursors before the last change: their answers stand in while the new ones are read. */
  previous: (string | null)[];
  first: number;
  last: number;
  wanted: number;
}

const start = (key: string): Sight => ({ key, cursors: [null], previous: [], first: 0, last: 0, wanted: 1 });

export function usePages<K extends PagedCommand>(
  command: K,
  filter: Omit<Request<K>, "cursor" | "limit">,
): Pages<Row<K>> {
  const client = useQueryClient();
  const key = JSON.stringify(filter);
  const [stored, setSight] = useState<Sight>(() => start(key));
  const sight = stored.key === key ? stored : start(key);
  const page = (cursor: string | null) => query(command, { ...filter, cursor, limit: PAGE } as Request<K>);

  const { pages, error, retry } = useQueries({
    queries: sight.cursors.map((cursor, index) => ({
      ...page(cursor),
      enabled: index >= sight.first && index <= sight.last,
      placeholderData: () => {
        const previous = sight.previous[index];
        return previous === undefined ? undefined : client.getQueryData<Response<K>>(page(previous).queryKey);
      },
    })),
    combine: joinResults<Row<K>>,
  });

  // Known pages tell where the next ones start; adopted while rendering, so that no half-known list is painted.
  const cursors = chainCursors(sight.cursors, pages, sight.wanted);
  const moved = cursors.length !== sight.cursors.length || cursors.some((cursor, index) => cursor !== sight.cursors[index]);
  if (moved || stored.key !== key) setSight(moved ? { ...sight, cursors, previous: sight.cursors } : sight);

  const rows = useMemo(() => joinPages(pages), [pages]);
  const look = useCallback(
    (from: number, to: number) => {
      setSight((old) => {
        if (old.key !== key) return old;
        const wanted = to >= old.cursors.length * PAGE - PAGE / 2 ? old.cursors.length + 1 : old.wanted;
        const first = Math.max(0, Math.floor(from / PAGE) - 1);
        const last = Math.floor(to / PAGE) + 1;
        const same = first === old.first && last === old.last && wanted === old.wanted;
        return same ? old : { ...old, first, last, wanted };
      });
    },
    [key],
  );

  return { rows, total: pages[0]?.total, loading: !pages[0] && !error, error, look, retry };
}

function joinResults<Row>(results: readonly UseQueryResult<unknown, IpcError>[]) {
  const failed = results.find((result) => result.error);
  return {
    pages: results.map((result) => result.data as Page<Row> | undefined),
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}
