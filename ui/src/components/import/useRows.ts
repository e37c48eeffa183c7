import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { type IpcError, rpc } from "../../api";
import type { ImportRow } from "../../bindings/ImportRow";
import type { ImportRowsPage } from "../../bindings/ImportRowsPage";
import type { RowFate } from "../../bindings/RowFate";
import { useCompany } from "../company";

const PAGE = 100;

/** The rows of a fate, a page at a time as they come into sight. They do not change once they are counted. */
export function useRows(callListId: string, fate: RowFate) {
  const company = useCompany();
  const request = { companyId: company.id, callListId, fate };
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery<ImportRowsPage, IpcError, { pages: ImportRowsPage[] }, readonly unknown[], string | null>({
    queryKey: ["import_rows", request],
    queryFn: ({ pageParam }) => rpc("import_rows", { ...request, cursor: pageParam, limit: PAGE }),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const rows = useMemo((): ImportRow[] => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const count = rows.length;
  const look = useCallback(
    (_first: number, last: number) => {
      if (last >= count - PAGE / 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [count, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  return { rows, error, loading: isPending, look, retry: () => void refetch() };
}
