//  The contact book and the do-not-call list of the pretended world, with the rules of the host.
import type { CallView } from "../../bindings/CallView";
import type { CampaignView } from "../../bindings/CampaignView";
import type { ContactFilter } from "../../bindings/ContactFilter";
import type { ContactForm } from "../../bindings/ContactForm";
import type { ContactSelection } from "../../bindings/ContactSelection";
import type { ContactTask } from "../../bindings/ContactTask";
import type { ContactView } from "../../bindings/ContactView";
import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";
import type { FieldError } from "../../bindings/FieldError";
import type { FileFormat } from "../../bindings/FileFormat";
import type { IpcError } from "../../bindings/IpcError";
import type { PriorityPart } from "../../bindings/PriorityPart";
import type { PriorityView } from "../../bindings/PriorityView";
import type { Command, Request, Response } from "../../api/rpc";
import { book, forbidden } from "./contactsBook";
import { ago, call, uuid } from "./world";

type Handlers = { [K in Command]?: (request: Request<K>) => Response<K> };

interface World {
  variant: string;
  campaigns: () => readonly CampaignView[];
  refuse: (code: IpcError["code"], more?: Partial<IpcError>) => IpcError;
  page: <Row>(all: Row[], cursor: string | null, limit: number) => { items: Row[]; nextCursor: string | null; total: number };
}

/** A number as people write it, as E.164; Russian without a country code. */
function readPhone(text: string): string | null {
  const digits = text.replace(/\D/g, "");
  if (/[a-zа-я]/i.test(text)) return null;
  if (text.trim().startsWith("+")) return digits.length >= 10 && digits.length <= 15 ? `+${digits}` : null;
  if (digits.length === 11 && /^[78]/.test(digits)) return `+7${digits.slice(1)}`;
  return digits.length === 10 ? `+7${digits}` : null;
}

const PLACES: Record<string, string> = { москва: "Europe/Moscow", новосибирск: "Asia/Novosibirsk", омск: "Asia/Omsk", екатеринбург: "Asia/Yekaterinburg", владивосток: "Asia/Vladivostok" };

function readZone(text: string): string | null {
  const known = PLACES[text.trim().toLowerCase()];
  if (known) return known;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text.trim() }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

const file = (name: string, format: FileFormat, lines: string[]) => {
  const bytes = new TextEncoder().encode(`\uFEFF${lines.join("\r\n")}\r\n`);
  return { fileName: `${name}.${format}`, path: null, contentBase64: btoa(String.fromCharCode(...bytes)) };
};

export function contactHandlers({ variant, campaigns, refuse, page }: World): Handlers {
  let contacts = variant === "empty" ? [] : book();
  let entries = variant === "empty" ? [] : forbidden();
  const tasks = new Map<string, ContactTask[]>();
  let made = 0;
  let clashed = false;

  const find = (id: string): ContactView => {
    const found = contacts.find((contact) => contact.id === id);
    if (!found) throw refuse("not_found");
    return found;
  };
  const forbids = (phone: string, campaignId: string | null) => (entry: DoNotCallEntry) =>
    (entry.kind === "number" ? entry.pattern === phone : phone.startsWith(entry.pattern)) && (entry.campaignId === null || entry.campaignId === campaignId);
  const tasksOf = (contact: ContactView): ContactTask[] => {
    const known = tasks.get(contact.id);
    if (known) return known;
    const n = Number(contact.id.slice(-6));
    const fresh = campaigns()
      .slice(0, contact.calls > 0 ? 1 + (n % 2) : 0)
      .map(
        (campaign, index): ContactTask => ({
          campaignId: campaign.id,
          campaignName: campaign.form.name,
          status: index === 0 && contact.lastOutcome === "success" ? "completed" : "retry",
          attempts: 1 + (n % 3),
          nextAttemptAt: index === 0 && contact.lastOutcome === "success" ? null : ago(-5_400),
          outcome: contact.lastOutcome,
        }),
      );
    tasks.set(contact.id, fresh);
    return fresh;
  };
  const waiting = (contact: ContactView, campaignId: string | null = null) => tasksOf(contact).filter((task) => (task.status === "pending" || task.status === "retry") && (campaignId === null || task.campaignId === campaignId));

  const matching = ({ search, tags, called, callListId }: ContactFilter): ContactView[] => {
    const text = (search ?? "").trim().toLowerCase();
    const digits = text.replace(/\D/g, "").replace(/^8(?=\d{3})/, "7");
    const isNumber = /^[\d\s()+.-]{3,}$/.test(text);
    return contacts.filter(
      (contact) =>
        (text === "" || (isNumber ? [contact.phone, ...contact.otherPhones].some((number) => number.includes(digits)) : [contact.name, contact.email, contact.organization].some((field) => field?.toLowerCase().includes(text)))) &&
        tags.every((tag) => contact.tags.includes(tag)) &&
        (called === null || contact.calls > 0 === called) &&
        (callListId === null || Number(contact.id.slice(-1)) < 3),
    );
  };
  const chosen = (selection: ContactSelection) => (selection.type === "filter" ? matching(selection.filter) : selection.ids.map(find));

  const checked = (form: ContactForm, self: string | null): Omit<ContactView, "id" | "revision" | "createdAt" | "lastCallAt" | "lastOutcome" | "calls"> => {
    const fields: FieldError[] = [];
    const wrong = (field: string, code: string) => fields.push({ field, code, params: {} });
    const phone = readPhone(form.phone);
    if (!phone) wrong("phone", form.phone === "" ? "phoneEmpty" : "phoneTooShort");
    else if (contacts.some((contact) => contact.phone === phone && contact.id !== self)) wrong("phone", "duplicate");
    const others = form.otherPhones.map(readPhone);
    others.forEach((number, index) => (number || form.otherPhones[index] === "" ? undefined : wrong(`otherPhones.${index}`, "phoneInvalid")));
    const zone = form.zone === "" ? null : readZone(form.zone);
    if (form.zone !== "" && !zone) wrong("zone", "zoneUnknown");
    if (fields.length > 0) throw refuse("invalid_input", { fields });
    const byNumber = contacts.find((contact) => contact.phone.slice(0, 5) === phone?.slice(0, 5) && contact.zoneSource === "number")?.zones ?? [];
    return {
      phone: phone ?? "",
      otherPhones: others.filter((number) => number !== null),
      name: form.name || null,
      email: form.email || null,
      organization: form.organization || null,
      notes: form.notes || null,
      tags: form.tags,
      zones: zone ? [zone] : byNumber,
      zoneSource: zone ? "column" : byNumber.length > 0 ? "number" : "campaign",
      data: form.data,
    };
  };
  const put = (changed: ContactView): ContactView => {
    contacts = contacts.map((contact) => (contact.id === changed.id ? changed : contact));
    return changed;
  };

  const callsOf = (contact: ContactView): CallView[] => {
    const n = Number(contact.id.slice(-6)) - 40_000;
    const latest = Array.from({ length: 12 }, (_, index) => index).find((index) => call(index).outcome === contact.lastOutcome) ?? 0;
    return Array.from({ length: contact.calls }, (_, index) => ({ ...call(latest + index * 5), phone: contact.phone, contactName: contact.name, admittedAt: ago(900 + n * 1_301 + index * 90_000), attempt: contact.calls - index }));
  };
  const priorityOf = (contact: ContactView): PriorityView => {
    const parts: PriorityPart[] = [];
    if (contact.name) parts.push({ rule: "name", count: 1, points: 100 });
    if (contact.email) parts.push({ rule: "email", count: 1, points: 10 });
    if (contact.organization) parts.push({ rule: "organization", count: 1, points: 10 });
    const outcomes = callsOf(contact).map(({ outcome }) => outcome);
    const missed = outcomes.filter((outcome) => outcome !== null && ["no_answer", "busy", "voicemail", "invalid_number"].includes(outcome)).length;
    const good = outcomes.filter((outcome) => outcome === "success").length;
    if (good > 0) parts.push({ rule: "successes", count: good, points: Math.min(20, good * 5) });
    if (missed > 0) parts.push({ rule: "not_connected", count: missed, points: -10 * missed });
    return { total: Math.max(0, parts.reduce((sum, { points }) => sum + points, 0)), parts };
  };

  const deletion = (selection: ContactSelection) => {
    const all = chosen(selection);
    return { contacts: all.length, skippedTasks: all.reduce((sum, contact) => sum + waiting(contact).length, 0), liveCalls: all.length > 3 ? 1 : 0 };
  };
  const forbid = (texts: readonly string[], campaignId: string | null, note: string, source: DoNotCallEntry["source"]) => {
    const result = { added: 0, known: 0, refused: 0, refusals: [] as { entry: string; reason: string }[], skippedTasks: 0 };
    for (const text of texts) {
      const prefix = text.endsWith("*");
      const digits = text.replace(/\D/g, "");
      const pattern = prefix ? (digits === "" ? null : `+${digits.replace(/^8(?=\d{3})/, "7")}`) : readPhone(text);
      if (!pattern) {
        result.refused += 1;
        result.refusals.push({ entry: text, reason: prefix ? "prefixCountry" : digits === "" ? "phoneEmpty" : digits.length < 7 ? "phoneTooShort" : "phoneInvalid" });
      } else if (entries.some((entry) => entry.pattern === pattern && entry.campaignId === campaignId && (entry.kind === "prefix") === prefix)) result.known += 1;
      else {
        const entry: DoNotCallEntry = { id: uuid(61_000 + made++), campaignId, campaignName: campaigns().find(({ id }) => id === campaignId)?.form.name ?? null, kind: prefix ? "prefix" : "number", pattern, source, note: note || null, createdAt: ago(0) };
        entries = [entry, ...entries];
        result.added += 1;
        const hit = contacts.filter((contact) => forbids(contact.phone, campaignId)(entry));
        for (const task of hit.flatMap((contact) => waiting(contact, campaignId))) {
          task.status = "skipped";
          task.nextAttemptAt = null;
          result.skippedTasks += 1;
        }
      }
    }
    return { ...result, refusals: result.refusals.slice(0, 100) };
  };

  return {
    contact_list: ({ filter, cursor, limit }) => page(matching(filter), cursor, limit),
    contact_tags: () => ({ items: [...new Set(contacts.flatMap(({ tags }) => tags))].toSorted((a, b) => a.localeCompare(b)) }),
    contact_get: ({ contactId }) => {
      const contact = find(contactId);
      return {
        contact,
        priority: priorityOf(contact),
        calls: callsOf(contact),
        tasks: tasksOf(contact),
        doNotCall: entries.find(forbids(contact.phone, null)) ?? null,
      };
    },
    contact_create: ({ form }) => {
      const contact: ContactView = { ...checked(form, null), id: uuid(49_000 + made++), revision: 1, createdAt: ago(0), lastCallAt: null, lastOutcome: null, calls: 0 };
      contacts = [contact, ...contacts];
      return contact;
    },
    contact_update: ({ contactId, revision, form }) => {
      if (variant === "conflict" && !clashed) {
        clashed = true;
        const old = find(contactId);
        put({ ...old, name: "Анна Соколова-Мещерская", organization: "ООО «Ромашка»", revision: old.revision + 1 });
      }
      const old = find(contactId);
      if (old.revision !== revision) throw refuse("conflict");
      return put({ ...old, ...checked(form, contactId), revision: old.revision + 1 });
    },
    contact_delete_preview: ({ selection }) => deletion(selection),
    contact_delete: ({ selection }) => {
      const done = deletion(selection);
      const gone = new Set(chosen(selection).map(({ id }) => id));
      contacts = contacts.filter(({ id }) => !gone.has(id));
      return done;
    },
    contact_merge: ({ keep, others }) => {
      const all = [keep, ...others].map(find);
      const kept = find(keep);
      const numbers = new Set(all.flatMap((one) => [one.phone, ...one.otherPhones]));
      numbers.delete(kept.phone);
      contacts = contacts.filter(({ id }) => !others.includes(id));
      return put({
        ...kept,
        otherPhones: [...numbers],
        name: all.find(({ name }) => name)?.name ?? null,
        email: all.find(({ email }) => email)?.email ?? null,
        organization: all.find(({ organization }) => organization)?.organization ?? null,
        tags: [...new Set(all.flatMap(({ tags }) => tags))],
        calls: all.reduce((sum, { calls }) => sum + calls, 0),
        revision: kept.revision + 1,
      });
    },
    contact_tag: ({ selection, add, remove }) => {
      const all = chosen(selection);
      const changed = all.filter(({ tags }) => add.some((tag) => !tags.includes(tag)) || remove.some((tag) => tags.includes(tag)));
      for (const contact of changed) put({ ...contact, tags: [...new Set([...contact.tags.filter((tag) => !remove.includes(tag)), ...add])], revision: contact.revision + 1 });
      return { changed: changed.length };
    },
    contact_call: ({ selection, campaignId }) => {
      const campaign = campaigns().find(({ id }) => id === campaignId);
      if (!campaign) throw refuse("not_found");
      const result = { created: 0, inCampaign: 0, doNotCall: 0 };
      for (const contact of chosen(selection)) {
        const known = tasksOf(contact);
        if (known.some((task) => task.campaignId === campaignId)) result.inCampaign += 1;
        else if (entries.some(forbids(contact.phone, campaignId))) result.doNotCall += 1;
        else {
          tasks.set(contact.id, [{ campaignId, campaignName: campaign.form.name, status: "pending", attempts: 0, nextAttemptAt: null, outcome: null }, ...known]);
          result.created += 1;
        }
      }
      return result;
    },
    contact_export: ({ selection, format }) => file("contacts", format, ["phone,name", ...chosen(selection).map(({ phone, name }) => `${phone},${name ?? ""}`)]),
    do_not_call_list: ({ campaignId, search, cursor, limit }) => {
      const text = (search ?? "").toLowerCase();
      const digits = text.replace(/\D/g, "").replace(/^8(?=\d{3})/, "7");
      return page(
        entries.filter((entry) => (campaignId === null || entry.campaignId === campaignId) && (text === "" || (digits !== "" && entry.pattern.includes(digits)) || entry.note?.toLowerCase().includes(text) === true)),
        cursor,
        limit,
      );
    },
    do_not_call_add: ({ campaignId, entries: texts, note }) => forbid(texts, campaignId, note, "person"),
    do_not_call_import: ({ campaignId, source }) => forbid(["8 495 777-00-11", "+7 383 222-33-44", "7.9E+10", "нет номера", contacts[7]?.phone ?? ""], campaignId, source.type === "upload" ? source.fileName : source.path, "file"),
    do_not_call_remove: ({ ids }) => {
      entries = entries.filter(({ id }) => !ids.includes(id));
      return {};
    },
    do_not_call_export: ({ format }) => file("do-not-call", format, ["number,note", ...entries.map(({ pattern, note }) => `${pattern},${note ?? ""}`)]),
  };
}
