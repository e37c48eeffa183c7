import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";

import { type Platform, platformForTests } from "../platform";
import { chainCursors, joinPages, PAGE, usePages } from "./pages";

const page = (ids: string[], nextCursor: string | null) => ({ items: ids.map((id) => ({ id })), nextCursor, total: 9 });

describe("pages", () => {
  it("keeps a row that moved between two reads once", () => {
    expect(joinPages([page(["1", "2"], "a"), page(["2", "3"], null)]).map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  it("follows the cursors as far as pages are known", () => {
    expect(chainCursors([null], [page([], "a")], 3)).toEqual([null, "a"]);
    expect(chainCursors([null, "a"], [page([], "a"), page([], null)], 3)).toEqual([null, "a"]);
    expect(chainCursors([null, "old"], [page([], "new"), undefined], 2)).toEqual([null, "new"]);
  });

  it("reads the next page when its rows come into sight", async () => {
    const rows = Array.from({ length: PAGE * 2 + 1 }, (_, n) => ({ id: String(n) }));
    const rpc = vi.fn((_: string, request: unknown) => {
      const { cursor, limit } = request as { cursor: string | null; limit: number };
      const from = Number(cursor ?? 0);
      const next = from + limit < rows.length ? String(from + limit) : null;
      return Promise.resolve({ items: rows.slice(from, from + limit), nextCursor: next, total: rows.length });
    });
    platformForTests({ rpc } as unknown as Platform);
    const client = new QueryClient();
    const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
    const { result } = renderHook(() => usePages("task_list", { companyId: "a", campaignId: "1", statuses: [], search: null }), { wrapper });
    await waitFor(() => expect(result.current.rows).toHaveLength(PAGE));
    expect(result.current.total).toBe(rows.length);
    act(() => result.current.look(80, 99));
    await waitFor(() => expect(result.current.rows).toHaveLength(PAGE * 2));
    act(() => result.current.look(180, 199));
    await waitFor(() => expect(result.current.rows).toHaveLength(PAGE * 2 + 1));
    expect(rpc).toHaveBeenCalledTimes(3);
  });
});
