//  The contact form as it is typed, the way to the wire and back, and what two people changed at the same time.
import type { ContactForm } from "../../bindings/ContactForm";
import type { ContactView } from "../../bindings/ContactView";
import { Checker, type FieldIssues } from "../../components/form";
import { phone } from "../../i18n/format";

export interface DataRow {
  name: string;
  value: string;
}

export interface ContactValues {
  phone: string;
  otherPhones: string[];
  name: string;
  email: string;
  organization: string;
  notes: string;
  tags: string[];
  zone: string;
  data: DataRow[];
}

export const MAX_OTHER_PHONES = 9;

export const EMPTY_CONTACT: ContactValues = { phone: "", otherPhones: [], name: "", email: "", organization: "", notes: "", tags: [], zone: "", data: [] };

/** The zone as somebody said it; what the number says is not repeated, or it would stay when the number changes. */
export function saidZone({ zones, zoneSource }: Pick<ContactView, "zones" | "zoneSource">): string {
  return zoneSource === "column" ? zones.join(" & ") : "";
}

export function contactValues(contact: ContactView): ContactValues {
  return {
    phone: phone(contact.phone),
    otherPhones: contact.otherPhones.map(phone),
    name: contact.name ?? "",
    email: contact.email ?? "",
    organization: contact.organization ?? "",
    notes: contact.notes ?? "",
    tags: contact.tags,
    zone: saidZone(contact),
    data: Object.entries(contact.data).map(([name, value]) => ({ name, value })),
  };
}

export function checkContact(values: ContactValues): FieldIssues {
  const check = new Checker()
    .text("phone", values.phone, 1, 64)
    .text("name", values.name, 0, 255)
    .text("email", values.email, 0, 255)
    .text("organization", values.organization, 0, 255)
    .text("notes", values.notes, 0, 16_000)
    .text("zone", values.zone, 0, 255);
  values.tags.forEach((tag, index) => check.text(`tags.${index}`, tag, 0, 100));
  const names = values.data.map(({ name }) => name.trim());
  values.data.forEach(({ value }, index) => {
    const name = names[index] ?? "";
    if (name === "" && value.trim() !== "") check.add(`data.${index}`, "required");
    else if (name !== "" && names.indexOf(name) < index) check.add(`data.${index}`, "dataRepeated");
  });
  return check.issues;
}

export function toContactForm(values: ContactValues): ContactForm {
  return {
    phone: values.phone.trim(),
    // Blank ones too: the host leaves them out, and its refusals then name the rows as they stand here.
    otherPhones: values.otherPhones.map((number) => number.trim()),
    name: values.name.trim(),
    email: values.email.trim(),
    organization: values.organization.trim(),
    notes: values.notes.trim(),
    tags: values.tags,
    zone: values.zone.trim(),
    data: Object.fromEntries(values.data.map(({ name, value }) => [name.trim(), value.trim()]).filter(([name]) => name !== "")),
  };
}

/** What takes an edit back: what stood there before, upon the revision that the edit made. */
export function undoOf(before: ContactView, saved: ContactView): { revision: number; form: ContactForm } {
  return { revision: saved.revision, form: toContactForm(contactValues(before)) };
}

const FIELDS = ["phone", "otherPhones", "name", "email", "organization", "zone", "tags", "notes", "data"] as const satisfies readonly (keyof ContactValues)[];
export type ContactField = (typeof FIELDS)[number];

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export interface Difference {
  field: ContactField;
  before: string;
  theirs: string;
  /** What I typed, when I changed the same field to something else. */
  mine: string | null;
}

export function fieldText(values: ContactValues, field: ContactField): string {
  if (field === "data") return values.data.map(({ name, value }) => `${name}: ${value}`).join(", ");
  const value = values[field];
  return typeof value === "string" ? value.trim() : value.join(", ");
}

/** What somebody else changed between the state I opened and the newest. */
export function differences(opened: ContactValues, newest: ContactValues, mine: ContactValues): Difference[] {
  return FIELDS.filter((field) => !same(opened[field], newest[field])).map((field) => {
    const clash = !same(mine[field], opened[field]) && !same(mine[field], newest[field]);
    return { field, before: fieldText(opened, field), theirs: fieldText(newest, field), mine: clash ? fieldText(mine, field) : null };
  });
}

/** The fields that I changed, as I typed them: put on top of the newest state, nothing of either is lost unseen. */
export function myChanges(opened: ContactValues, mine: ContactValues): Partial<ContactValues> {
  return Object.fromEntries(FIELDS.filter((field) => !same(mine[field], opened[field])).map((field) => [field, mine[field]]));
}
