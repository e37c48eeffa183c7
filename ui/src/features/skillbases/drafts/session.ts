//  One skillbase that is being edited. Owns where its draft is safe and what it was made of; refuses to overwrite what
//  somebody else stored or published: that is shown, and a person decides.
import type { SkillbaseDraft } from "../../../bindings/SkillbaseDraft";
import type { SkillbaseDraftSave } from "../../../bindings/SkillbaseDraftSave";
import type { SkillbaseDraftSaved } from "../../../bindings/SkillbaseDraftSaved";
import type { SkillbaseRef } from "../../../bindings/SkillbaseRef";
import type { Drafts } from "../../../platform";
import { check, type SkillbaseText } from "../model/check";
import { same } from "../model/path";
import { ProblemBoard } from "../model/problems";
import { Signal } from "../model/signal";
import { EditorStore } from "../model/store";
import type { Editing } from "../parts/context";
import { type DraftFile, writeDraft } from "./file";
import { DraftKeeper, type Safety } from "./keeper";

/** What a draft was made of. */
export interface Base {
  version: number;
  text: SkillbaseText;
}

export interface Opened {
  /** Names the draft on this computer: the skillbase's id, or one of its own while there is none. */
  draftId: string;
  companyId: string;
  skillbaseId: string | null;
  base: Base;
  mine: SkillbaseText;
  hostRevision: number | null;
  /** When it was kept, for a draft that this computer had. */
  recovered: string | null;
}

export interface Place {
  drafts: Drafts;
  now: () => string;
  saveDraft: (request: SkillbaseDraftSave) => Promise<SkillbaseDraftSaved>;
  /** The stored draft is not needed any more: what is shown is what was published. */
  dropDraft: (request: SkillbaseRef) => Promise<unknown>;
}

/** The draft that everybody sees is stored when the person pauses, not with every key. */
const STORE_MS = 2_000;
const CHECK_MS = 60;

export class Session implements Editing {
  readonly store: EditorStore<SkillbaseText>;
  readonly problems: ProblemBoard;
  readonly chosen = new Signal<string | null>(null);
  readonly talking = new Signal<string | null>(null);
  readonly safety = new Signal<Safety>("none");
  /** When the stored draft was saved; none while it is not, or the database is away. */
  readonly stored = new Signal<string | null>(null);
  /** A draft that somebody else stored meanwhile. */
  readonly other = new Signal<SkillbaseDraft | null>(null);
  readonly base: Signal<Base>;
  readonly dirty: Signal<boolean>;
  readonly opened: Opened;
  readonly #keeper: DraftKeeper;
  readonly #place: Place;
  #hostRevision: number | null;
  #storing: ReturnType<typeof setTimeout> | undefined;
  #checking: ReturnType<typeof setTimeout> | undefined;
  #busy = false;
  #before: SkillbaseText;

  constructor(opened: Opened, place: Place) {
    this.opened = opened;
    this.#place = place;
    this.#hostRevision = opened.hostRevision;
    this.#before = opened.mine;
    this.store = new EditorStore(opened.mine);
    this.base = new Signal(opened.base);
    this.dirty = new Signal(!same(opened.mine, opened.base.text));
    this.problems = new ProblemBoard(opened.skillbaseId === null && opened.recovered === null);
    this.#keeper = new DraftKeeper(
      { put: (content) => place.drafts.put(opened.draftId, content), delete: () => place.drafts.delete(opened.draftId) },
      (safety) => this.safety.set(safety),
    );
    if (opened.recovered !== null) this.safety.set("saved");
    this.problems.own(opened.mine, check(opened.mine));
    this.store.subscribe(() => this.#changed());
  }

  get companyId(): string {
    return this.opened.companyId;
  }
  get skillbaseId(): string | null {
    return this.opened.skillbaseId;
  }

  /** Somebody else published: their version is what is shown, as nothing was typed here. */
  adopt(base: Base): void {
    this.base.set(base);
    this.dirty.set(false);
    this.store.reset(base.text);
  }

  /** What was published, stored or chosen in a comparison is the new start; `mine` may differ from it. */
  settle(base: Base, mine: SkillbaseText, hostRevision: number | null): void {
    this.#hostRevision = hostRevision;
    this.base.set(base);
    this.other.set(null);
    if (same(mine, this.store.root)) this.#changed();
    else this.store.change("document", () => mine);
  }

  /** The draft is given up: what it was made of is shown again. The way back is undo. */
  discard(): void {
    this.store.change("document", () => this.base.get().text);
    this.#planStoring(0);
  }

  /** Everything of it was published: nothing is left to keep. */
  published(base: Base): void {
    this.#hostRevision = null;
    this.stored.set(null);
    this.other.set(null);
    this.base.set(base);
    this.#changed();
  }

  /** Keeps what waits, for a page that goes. */
  flush(): Promise<void> {
    return this.#keeper.flush();
  }

  /** The database is there again. */
  retry(): void {
    if (this.dirty.get()) this.#planStoring(0);
  }

  close(): void {
    clearTimeout(this.#storing);
    clearTimeout(this.#checking);
    void this.flush();
  }

  #file(): DraftFile {
    const { version, text } = this.base.get();
    return { format: 1, companyId: this.companyId, skillbaseId: this.skillbaseId, baseVersion: version, base: text, mine: this.store.root, hostRevision: this.#hostRevision, savedAt: this.#place.now() };
  }

  #changed(): void {
    const { root } = this.store;
    const dirty = !same(root, this.base.get().text);
    this.dirty.set(dirty);
    if (dirty) this.#keeper.keep(() => writeDraft(this.#file()));
    else this.#keeper.forget();
    this.#checking ??= setTimeout(() => {
      this.#checking = undefined;
      this.problems.own(this.store.root, check(this.store.root));
    }, CHECK_MS);
    if (root.document !== this.#before.document) this.#planStoring(STORE_MS);
    this.#before = root;
  }

  #planStoring(wait: number): void {
    if (this.skillbaseId === null || this.other.get() !== null) return;
    clearTimeout(this.#storing);
    this.#storing = setTimeout(() => void this.#storeDraft(), wait);
  }

  async #storeDraft(): Promise<void> {
    const { document } = this.store.root;
    if (this.skillbaseId === null || this.#busy) return;
    const request = { companyId: this.companyId, skillbaseId: this.skillbaseId };
    const nothing = same(document, this.base.get().text.document);
    if (nothing && this.#hostRevision === null) return;
    this.#busy = true;
    try {
      if (nothing) {
        await this.#place.dropDraft(request);
        this.#hostRevision = null;
        this.stored.set(null);
        return;
      }
      const answer = await this.#place.saveDraft({ ...request, document, baseVersion: this.base.get().version, baseRevision: this.#hostRevision });
      if (answer.type === "conflict") {
        // The same words are no conflict: this computer stored them, and did not hear of it.
        if (same(answer.draft.document, document)) this.#keepRevision(answer.draft.revision, answer.draft.savedAt);
        else this.other.set(answer.draft);
      } else this.#keepRevision(answer.revision, answer.savedAt);
    } catch {
      // The database is away, or refuses: the draft is on this computer, and is stored with the next change.
      this.stored.set(null);
    } finally {
      this.#busy = false;
      if (this.store.root.document !== document) this.#planStoring(STORE_MS);
    }
  }

  #keepRevision(revision: number, savedAt: string): void {
    this.#hostRevision = revision;
    this.stored.set(savedAt);
    if (this.dirty.get()) this.#keeper.keep(() => writeDraft(this.#file()));
  }
}
