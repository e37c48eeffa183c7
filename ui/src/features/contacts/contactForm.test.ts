import { describe, expect, it } from "vitest";

import type { ContactView } from "../../bindings/ContactView";
import { checkContact, contactValues, differences, EMPTY_CONTACT, myChanges, toContactForm, undoOf } from "./contactForm";

const contact: ContactView = {
  id: "1",
  phone: "+79161234567",
  otherPhones: ["+74951112233"],
  name: "Анна",
  email: "anna@example.org",
  organization: null,
  notes: null,
  tags: ["VIP"],
  zones: ["Europe/Moscow"],
  zoneSource: "number",
  data: { город: "Тверь" },
  revision: 3,
  createdAt: "2026-11-01T09:00:00Z",
  lastCallAt: null,
  lastOutcome: null,
  calls: 0,
};

describe("the contact form", () => {
  it("goes to the wire and comes back the same", () => {
    const form = toContactForm(contactValues(contact));
    expect(form).toMatchObject({ otherPhones: ["+7 495 111-22-33"], name: "Анна", organization: "", tags: ["VIP"], data: { город: "Тверь" } });
  });

  it("repeats a zone that somebody said, not one that the number says", () => {
    expect(contactValues(contact).zone).toBe("");
    expect(contactValues({ ...contact, zones: ["Asia/Omsk", "Asia/Tomsk"], zoneSource: "column" }).zone).toBe("Asia/Omsk & Asia/Tomsk");
  });

  it("leaves out rows that were not filled in", () => {
    const form = toContactForm({ ...EMPTY_CONTACT, phone: " 8 916 123-45-67 ", data: [{ name: "", value: "" }] });
    expect(form).toMatchObject({ phone: "8 916 123-45-67", data: {} });
  });

  it("keeps blank numbers in their rows, so that a refusal names the right one", () => {
    expect(toContactForm({ ...EMPTY_CONTACT, otherPhones: ["", " 12 "] }).otherPhones).toEqual(["", "12"]);
  });

  it("says at the field what is wrong", () => {
    const wrong = { ...EMPTY_CONTACT, data: [{ name: "a", value: "1" }, { name: " a", value: "2" }, { name: "", value: "3" }] };
    expect(Object.entries(checkContact(wrong)).map(([field, { code }]) => `${field} ${code}`)).toEqual(["phone required", "data.1 dataRepeated", "data.2 required"]);
    expect(checkContact(contactValues(contact))).toEqual({});
  });
});

describe("taking an edit back", () => {
  it("writes what stood there before, upon the newest revision", () => {
    const saved: ContactView = { ...contact, name: "Анна Кузнецова", email: null, tags: [], revision: 4 };
    const undo = undoOf(contact, saved);
    expect(undo.revision).toBe(4);
    expect(undo.form).toMatchObject({ name: "Анна", email: "anna@example.org", tags: ["VIP"], data: { город: "Тверь" } });
  });

  it("gives a zone back to the number when the number said it", () => {
    const saved: ContactView = { ...contact, zones: ["Asia/Omsk"], zoneSource: "column", revision: 4 };
    expect(undoOf(contact, saved).form.zone).toBe("");
    expect(undoOf(saved, contact).form.zone).toBe("Asia/Omsk");
  });
});

describe("two people at one contact", () => {
  const opened = contactValues(contact);
  const newest = { ...opened, name: "Анна Петрова", organization: "Север" };

  it("shows what the other changed, and where both did", () => {
    const mine = { ...opened, name: "Аня", email: "new@example.org" };
    expect(differences(opened, newest, mine)).toEqual([
      { field: "name", before: "Анна", theirs: "Анна Петрова", mine: "Аня" },
      { field: "organization", before: "", theirs: "Север", mine: null },
    ]);
  });

  it("is no clash when both typed the same", () => {
    expect(differences(opened, newest, { ...opened, name: "Анна Петрова" })[0]?.mine).toBeNull();
  });

  it("keeps what I typed on top of the newest", () => {
    const mine = { ...opened, email: "new@example.org", tags: ["VIP", "пилот"] };
    expect({ ...newest, ...myChanges(opened, mine) }).toEqual({ ...newest, email: "new@example.org", tags: ["VIP", "пилот"] });
  });
});
