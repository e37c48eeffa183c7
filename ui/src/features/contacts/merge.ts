//  What becomes of contacts that are the same person. The host merges; this shows the result before.
import type { ContactView } from "../../bindings/ContactView";

export interface Merged {
  phone: string;
  otherPhones: string[];
  name: string | null;
  email: string | null;
  organization: string | null;
  tags: string[];
  calls: number;
}

/** The one that stays says what it says; where it says nothing the others fill in, the older first. */
export function merged(keep: ContactView, others: readonly ContactView[]): Merged {
  const all = [keep, ...others.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))];
  const first = (field: "name" | "email" | "organization") => all.map((one) => one[field]).find((value) => value !== null) ?? null;
  const numbers = new Set(all.flatMap((one) => [one.phone, ...one.otherPhones]));
  numbers.delete(keep.phone);
  return {
    phone: keep.phone,
    otherPhones: [...numbers],
    name: first("name"),
    email: first("email"),
    organization: first("organization"),
    tags: [...new Set(all.flatMap(({ tags }) => tags))].toSorted(),
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** The one that knows most about the person is offered to stay: the most calls, then the fullest, then the oldest. */
export function bestToKeep(contacts: readonly ContactView[]): ContactView | undefined {
  const filled = ({ name, email, organization, notes }: ContactView) => [name, email, organization, notes].filter((value) => value !== null).length;
  return contacts.toSorted((a, b) => b.calls - a.calls || filled(b) - filled(a) || a.createdAt.localeCompare(b.createdAt))[0];
}
