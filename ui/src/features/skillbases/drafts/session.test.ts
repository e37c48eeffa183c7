import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { SkillbaseDraftSaved } from "../../../bindings/SkillbaseDraftSaved";
import { localDrafts } from "../../../platform/browserDrafts";
import type { SkillbaseText } from "../model/check";
import { newDocument } from "../model/fresh";
import { readDraft } from "./file";
import { Session } from "./session";

const text = (role: string): SkillbaseText => {
  const document = newDocument("en", { callback: "callback", notTarget: "not target", lead: "lead", infoOnly: "info only" });
  return { name: "Reminder", description: "", document: { ...document, identity: { ...document.identity, role } } };
};

const drafts = localDrafts(localStorage);
let answer: () => Promise<SkillbaseDraftSaved>;
const saveDraft = vi.fn(() => answer());
const dropDraft = vi.fn(() => Promise.resolve());

function open(mine = text("receptionist"), hostRevision: number | null = null): Session {
  const base = { version: 7, text: text("receptionist") };
  return new Session({ draftId: "s1", companyId: "c1", skillbaseId: "s1", base, mine, hostRevision, recovered: null }, { drafts, now: () => "2026-11-29T10:00:00Z", saveDraft, dropDraft });
}
const typeRole = (session: Session, role: string) => session.store.type("document.identity.role", role, 0);
const kept = async () => readDraft(await drafts.get("s1"));

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  saveDraft.mockClear();
  dropDraft.mockClear();
  answer = () => Promise.resolve({ type: "saved", revision: 1, savedAt: "2026-11-29T10:00:02Z" });
});
afterEach(() => vi.useRealTimers());

describe("a draft", () => {
  it("is on this computer within two seconds, also while the database is away", async () => {
    answer = () => Promise.reject(new Error("away"));
    const session = open();
    typeRole(session, "doctor");
    expect(session.safety.get()).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(600);
    expect(session.safety.get()).toBe("saved");
    expect((await kept())?.mine.document.identity.role).toBe("doctor");
    expect((await kept())?.base.document.identity.role).toBe("receptionist");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(session.stored.get()).toBeNull();
  });

  it("is opened again as it was left", async () => {
    const session = open();
    typeRole(session, "doctor");
    await session.flush();
    const found = await kept();
    expect([found?.baseVersion, found?.mine.document.identity.role]).toEqual([7, "doctor"]);
  });

  it("is gone from this computer when what was typed is taken back", async () => {
    const session = open();
    typeRole(session, "doctor");
    await vi.advanceTimersByTimeAsync(600);
    session.store.undo();
    await vi.advanceTimersByTimeAsync(600);
    expect([await kept(), session.dirty.get()]).toEqual([null, false]);
  });

  it("is stored in the database when the person pauses, once, with the revision that it follows", async () => {
    const session = open();
    typeRole(session, "d");
    await vi.advanceTimersByTimeAsync(1_000);
    typeRole(session, "do");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(saveDraft).toHaveBeenCalledTimes(1);
    expect(session.stored.get()).toBe("2026-11-29T10:00:02Z");
    typeRole(session, "doc");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(saveDraft.mock.calls.at(-1)).toMatchObject([{ baseRevision: 1, baseVersion: 7 }]);
  });

  it("that somebody else stored is not overwritten: it is shown, and nothing more is stored until a person decides", async () => {
    const theirs = { document: text("nurse").document, baseVersion: 7, revision: 4, savedAt: "2026-11-29T09:00:00Z" };
    answer = () => Promise.resolve({ type: "conflict", draft: theirs });
    const session = open();
    typeRole(session, "doctor");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(session.other.get()).toEqual(theirs);
    typeRole(session, "doctors");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(saveDraft).toHaveBeenCalledTimes(1);
    answer = () => Promise.resolve({ type: "saved", revision: 5, savedAt: "2026-11-29T10:01:00Z" });
    session.settle(session.base.get(), text("doctor and nurse"), theirs.revision);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(saveDraft.mock.calls.at(-1)).toMatchObject([{ baseRevision: 4 }]);
    expect(session.store.root.document.identity.role).toBe("doctor and nurse");
  });

  it("that is given up is given up in the database too, and only then", async () => {
    const session = open(text("doctor"), 3);
    session.discard();
    await vi.advanceTimersByTimeAsync(100);
    expect([dropDraft.mock.calls.length, saveDraft.mock.calls.length, session.dirty.get()]).toEqual([1, 0, false]);
    typeRole(session, "nurse");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(saveDraft.mock.calls.at(-1)).toMatchObject([{ baseRevision: null }]);
  });

  it("is offered no more once it was published", async () => {
    const session = open();
    typeRole(session, "doctor");
    await vi.advanceTimersByTimeAsync(600);
    session.published({ version: 8, text: session.store.root });
    await vi.advanceTimersByTimeAsync(600);
    expect([session.dirty.get(), session.safety.get(), await kept()]).toEqual([false, "none", null]);
  });
});

describe("a file that is no draft", () => {
  it("is not opened", () => {
    expect(readDraft("{")).toBeNull();
    expect(readDraft("{\"format\":1,\"mine\":{}}")).toBeNull();
    expect(readDraft(null)).toBeNull();
  });
});
