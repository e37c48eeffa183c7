import {
  type CellData,
  type ColumnDef,
  createSortedRowModel,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { usePreferences } from "../components/preferences";
import type { RowChoice } from "./choice";
import styles from "./DataTable.module.css";

interface ColumnMeta {
  /** A track of `grid-template-columns`. */
  width: string;
  align?: "end";
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: metaHelper<ColumnMeta>(),
});

export interface Column<Row extends object> {
  id: string;
  header: string;
  width: string;
  align?: "end";
  cell: (row: Row) => ReactNode;
  /** Left out where the window is narrow; the row's own page has it. */
  spare?: boolean;
  /** Orders whole lists in the table; pages come in the order of the host. */
  sort?: (row: Row) => string | number;
}

interface Props<Row extends object> {
  label: string;
  testid: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** All that match on the host, when more than the rows here. */
  total?: number;
  onOpen?: (row: Row) => void;
  onLook?: (first: number, last: number) => void;
  /** Two lines in a row. */
  tall?: boolean;
  /** Grows with its rows instead of filling its place. */
  inline?: boolean;
  /** Rows can be chosen: by their boxes, with Space, with Shift as a range. */
  choice?: RowChoice<Row>;
}

const OVERSCAN = 8;
const CHOICE_TRACK = "40px ";

/** A box that may stand for rows of which only some are chosen. Its cell takes the press: a box of 16 px is easily missed. */
function Box({ state, label, tabIndex }: { state: boolean | "some"; label: string; tabIndex?: number }) {
  return (
    <input
      type="checkbox"
      className={styles.box}
      aria-label={label}
      tabIndex={tabIndex}
      checked={state === true}
      ref={(element) => {
        if (element) element.indeterminate = state === "some";
      }}
      readOnly
    />
  );
}
const narrow = matchMedia("(max-width: 1180px)");

function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}

/** Virtual rows of one height in an ARIA grid: arrows or J/K move, Enter opens. */
export function DataTable<Row extends object>({ label, testid, columns: offered, rows, rowId, total, onOpen, onLook, tall = false, inline = false, choice }: Props<Row>) {
  const { density } = usePreferences();
  const isNarrow = useIsNarrow();
  const columns = useMemo(() => (isNarrow ? offered.filter(({ spare }) => spare !== true) : offered), [offered, isNarrow]);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const moved = useRef(false);

  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row, CellData> => ({
          id: column.id,
          header: column.header,
          cell: ({ row }) => column.cell(row.original),
          ...(column.sort ? { accessorFn: column.sort } : { accessorFn: () => null }),
          enableSorting: column.sort !== undefined,
          sortFn: (a, b, id) => {
            const [left, right] = [a.getValue<string | number>(id), b.getValue<string | number>(id)];
            return left < right ? -1 : left > right ? 1 : 0;
          },
          meta: column.align ? { width: column.width, align: column.align } : { width: column.width },
        }),
      ),
    [columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns: definitions, data, getRowId: rowId });
  const model = table.getRowModel().rows;
  const height = (density === "compact" ? 32 : 40) + (tall ? 12 : 0);

  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    initialRect: { width: 1000, height: 600 },
  });
  useEffect(() => virtual.measure(), [virtual, height]);

  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onLook?.(first, last), [onLook, first, last, model.length]);

  const focused = Math.min(active, Math.max(0, model.length - 1));
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${focused}"]`)?.focus();
  }, [focused, items]);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(model.length - 1, to));
    moved.current = true;
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const page = Math.max(1, last - first - OVERSCAN * 2);
  /** Whether the key chose something. */
  const choose = (event: KeyboardEvent): boolean => {
    const row = model[focused];
    if (!choice || !row || event.target instanceof HTMLInputElement) return false;
    if (event.code === "KeyA" && (event.ctrlKey || event.metaKey)) choice.toggleAll();
    else if (event.ctrlKey || event.metaKey) return false;
    else if (event.code === "Space") choice.toggle(row.id, event.shiftKey);
    else if (event.code === "Escape" && choice.state !== false) choice.clear();
    else if (event.shiftKey && (event.code === "ArrowDown" || event.code === "ArrowUp")) {
      const next = model[focused + (event.code === "ArrowDown" ? 1 : -1)];
      if (!choice.has(row.id)) choice.toggle(row.id, false);
      if (next && !choice.has(next.id)) choice.toggle(next.id, false);
      if (next) move(next.index);
    } else return false;
    return true;
  };
  const onKey = (event: KeyboardEvent) => {
    if (choose(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowDown: focused + 1,
      KeyJ: focused + 1,
      ArrowUp: focused - 1,
      KeyK: focused - 1,
      PageDown: focused + page,
      PageUp: focused - page,
      Home: 0,
      End: model.length - 1,
    };
    const to = steps[event.code];
    const row = model[focused];
    if (to !== undefined) move(to);
    else if (event.code === "Enter" && row && onOpen && event.target === event.currentTarget.querySelector(`[data-index="${focused}"]`)) onOpen(row.original);
    else return;
    event.preventDefault();
  };

  const template = { gridTemplateColumns: (choice ? CHOICE_TRACK : "") + columns.map((column) => column.width).join(" ") };
  return (
    <div className={styles.scroller} data-inline={inline || undefined} ref={scroller} data-testid={testid} data-state={model.length === 0 ? "empty" : "filled"}>
      <div role="grid" aria-label={label} aria-rowcount={(total ?? model.length) + 1} aria-colcount={columns.length + (choice ? 1 : 0)} aria-multiselectable={choice ? true : undefined} onKeyDown={onKey} className={styles.grid}>
        <div role="rowgroup" className={styles.head}>
          {table.getHeaderGroups().map((group) => (
            <div role="row" aria-rowindex={1} key={group.id} className={styles.headRow} style={template}>
              {choice ? (
                <div role="columnheader" className={styles.choice} onClick={choice.toggleAll}>
                  <Box state={choice.state} label={choice.allLabel} />
                </div>
              ) : null}
              {group.headers.map((header) => {
                const order = header.column.getIsSorted();
                const sortable = header.column.getCanSort();
                return (
                  <div
                    key={header.id}
                    role="columnheader"
                    aria-sort={sortable ? (order === "asc" ? "ascending" : order === "desc" ? "descending" : "none") : undefined}
                    data-align={header.column.columnDef.meta?.align}
                    className={styles.headCell}
                  >
                    {sortable ? (
                      <button type="button" className={styles.sort} onClick={header.column.getToggleSortingHandler()}>
                        <table.FlexRender header={header} />
                        {order === "asc" ? <ArrowUp aria-hidden /> : order === "desc" ? <ArrowDown aria-hidden /> : null}
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = model[item.index];
            if (!row) return null;
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                data-index={item.index}
                data-testid={`${testid}-row`}
                data-id={row.id}
                data-open={onOpen ? "" : undefined}
                data-chosen={choice?.has(row.id) || undefined}
                aria-selected={choice ? choice.has(row.id) : undefined}
                tabIndex={item.index === focused ? 0 : -1}
                className={styles.row}
                style={{ ...template, height, transform: `translateY(${item.start}px)` }}
                onFocus={() => setActive(item.index)}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest("button, a, [role=menuitem], [data-choice]")) onOpen?.(row.original);
                }}
              >
                {choice ? (
                  <div
                    role="gridcell"
                    className={styles.choice}
                    data-choice=""
                    data-testid={`${testid}-choose`}
                    // Shift would mark the text between two presses.
                    onMouseDown={(event) => (event.shiftKey ? event.preventDefault() : undefined)}
                    onClick={(event) => choice.toggle(row.id, event.shiftKey)}
                  >
                    <Box state={choice.has(row.id)} label={choice.label(row.original)} tabIndex={-1} />
                  </div>
                ) : null}
                {row.getAllCells().map((cell) => (
                  <div key={cell.id} role="gridcell" data-column={cell.column.id} data-align={cell.column.columnDef.meta?.align} className={styles.cell}>
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
