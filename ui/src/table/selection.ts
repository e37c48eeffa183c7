//  Which rows of a long list are chosen: some by their ids, or all that match without naming them. Ids are kept over
//  changes of the filter, so that people can be picked from several searches; "all" belongs to its filter.
export interface Selection {
  all: boolean;
  ids: ReadonlySet<string>;
  /** The row that was pressed last; Shift goes from it. */
  anchor: string | null;
}

export const NONE_CHOSEN: Selection = { all: false, ids: new Set(), anchor: null };
export const ALL_CHOSEN: Selection = { all: true, ids: new Set(), anchor: null };

export function isChosen({ all, ids }: Selection, id: string): boolean {
  return all || ids.has(id);
}

/** "All that match, but this one" cannot be said, so it becomes the rows that are known, without it. */
function named({ all, ids }: Selection, rows: readonly string[]): Set<string> {
  return new Set(all ? rows : ids);
}

/** A row was pressed. With Shift all from the one pressed before take the state that this one takes. */
export function toggled(selection: Selection, rows: readonly string[], id: string, range: boolean): Selection {
  const ids = named(selection, rows);
  const on = !ids.has(id);
  const to = rows.indexOf(id);
  const from = range && selection.anchor !== null ? rows.indexOf(selection.anchor) : -1;
  const span = from < 0 || to < 0 ? [id] : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of span) {
    if (on) ids.add(one);
    else ids.delete(one);
  }
  return { all: false, ids, anchor: id };
}

/** The box of the header: `some` when only a part of the rows here is chosen. */
export function headState(selection: Selection, rows: readonly string[]): boolean | "some" {
  const here = rows.filter((id) => isChosen(selection, id)).length;
  if (here === 0) return false;
  return here === rows.length ? true : "some";
}

/** The box of the header was pressed: all rows here, or none of them. What was chosen elsewhere stays. */
export function toggledHead(selection: Selection, rows: readonly string[]): Selection {
  if (selection.all) return NONE_CHOSEN;
  const ids = new Set(selection.ids);
  const on = headState(selection, rows) !== true;
  for (const id of rows) {
    if (on) ids.add(id);
    else ids.delete(id);
  }
  return { all: false, ids, anchor: null };
}

export function chosenCount(selection: Selection, total: number): number {
  return selection.all ? total : selection.ids.size;
}
