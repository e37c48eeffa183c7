//  The filter of the contact book as it stands in the address.
import type { ContactFilter } from "../../bindings/ContactFilter";
import type { ContactSelection } from "../../bindings/ContactSelection";
import type { Selection } from "../../table/selection";

export interface ContactSearch {
  q?: string;
  tags?: string[];
  called?: string;
  list?: string;
}

export const CALLED = ["yes", "never"] as const;

export function filterOf({ q, tags, called, list }: ContactSearch): ContactFilter {
  return { search: q ?? null, tags: tags ?? [], called: called === "yes" ? true : called === "never" ? false : null, callListId: list ?? null };
}

/** The chosen rows as the host understands them. */
export function selectionOf(selection: Selection, filter: ContactFilter): ContactSelection {
  return selection.all ? { type: "filter", filter } : { type: "ids", ids: [...selection.ids] };
}
