//  Keeps the newest draft on this computer. Owns when it is written: within half a second of the first change, again as
//  soon as a write has ended, at once when the page goes; refuses to write an older draft over a newer one.

export type Safety =
  /** Nothing to keep: what is shown is what was published. */
  | "none"
  /** Typed, and not on the disk yet. */
  | "unsaved"
  /** On this computer. */
  | "saved"
  /** The disk refused; it is tried again with every change and every few seconds. */
  | "failed";

/** Half a second to write, and as much again for one that is under way: far inside the two seconds that are promised. */
const WAIT_MS = 500;
const RETRY_MS = 3_000;

export interface Kept {
  put(content: string): Promise<void>;
  delete(): Promise<void>;
}

export class DraftKeeper {
  readonly #store: Kept;
  readonly #announce: (safety: Safety) => void;
  /** What the disk should hold: a draft, none (`null`), or whatever it holds (`undefined`). */
  #wanted: (() => string) | null | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | null = null;

  constructor(store: Kept, announce: (safety: Safety) => void) {
    this.#store = store;
    this.#announce = announce;
  }

  /** Something was typed. `content` is asked for when it is written, so that typing does not wait for the making of it. */
  keep(content: () => string): void {
    this.#wanted = content;
    this.#announce("unsaved");
    this.#plan(WAIT_MS);
  }

  /** There is nothing to keep any more: it was published, or given up. */
  forget(): void {
    this.#wanted = null;
    this.#announce("none");
    this.#plan(0);
  }

  /** Writes what waits now, for a page that is about to go. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing) await this.#writing;
    if (this.#wanted !== undefined) await this.#write();
  }

  #plan(wait: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#writing) return;
      void this.#write();
    }, wait);
  }

  async #write(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    this.#wanted = undefined;
    this.#writing = (wanted === null ? this.#store.delete() : this.#store.put(wanted())).then(
      () => {
        if (this.#wanted === undefined) this.#announce(wanted === null ? "none" : "saved");
      },
      () => {
        // A newer one may be waiting already; it makes this one unnecessary.
        if (this.#wanted === undefined) this.#wanted = wanted;
        this.#announce("failed");
        this.#plan(RETRY_MS);
      },
    );
    await this.#writing;
    this.#writing = null;
    if (this.#wanted !== undefined && this.#timer === undefined) this.#plan(0);
  }
}
