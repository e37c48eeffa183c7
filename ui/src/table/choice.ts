import { useCallback, useMemo, useState } from "react";

import { ALL_CHOSEN, chosenCount, headState, isChosen, NONE_CHOSEN, type Selection, toggled, toggledHead } from "./selection";

/** What a table needs to know about chosen rows. */
export interface RowChoice<Row> {
  has: (id: string) => boolean;
  state: boolean | "some";
  label: (row: Row) => string;
  allLabel: string;
  toggle: (id: string, range: boolean) => void;
  toggleAll: () => void;
  clear: () => void;
}

interface Options<Row> {
  rows: readonly Row[];
  rowId: (row: Row) => string;
  total: number | undefined;
  /** Names the filter; when it changes, "all that match" would be others. */
  filter: string;
  label: (row: Row) => string;
  allLabel: string;
}

/** Chosen rows of a list that comes in pages. Functions are passed outside of the render or memoised. */
export function useChoice<Row>({ rows, rowId, total, filter, label, allLabel }: Options<Row>) {
  const [stored, setStored] = useState<Selection & { filter: string }>({ ...NONE_CHOSEN, filter });
  const selection: Selection = stored.all && stored.filter !== filter ? NONE_CHOSEN : stored;
  const ids = useMemo(() => rows.map(rowId), [rows, rowId]);
  const put = useCallback(
    (change: (old: Selection) => Selection) => setStored((old) => ({ ...change(old.all && old.filter !== filter ? NONE_CHOSEN : old), filter })),
    [filter],
  );
  const clear = useCallback(() => put(() => NONE_CHOSEN), [put]);
  const choice = useMemo(
    (): RowChoice<Row> => ({
      has: (id) => isChosen(selection, id),
      state: headState(selection, ids),
      label,
      allLabel,
      toggle: (id, range) => put((old) => toggled(old, ids, id, range)),
      toggleAll: () => put((old) => toggledHead(old, ids)),
      clear,
    }),
    [selection, ids, label, allLabel, put, clear],
  );
  const count = chosenCount(selection, total ?? rows.length);
  return {
    choice,
    selection,
    count,
    clear,
    chooseAll: useCallback(() => put(() => ALL_CHOSEN), [put]),
    /** Rows here are all chosen and there are more that match. */
    canChooseAll: !selection.all && choice.state === true && total !== undefined && total > selection.ids.size,
  };
}
