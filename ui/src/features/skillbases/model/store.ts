//  What is being edited, with its past and its future. Owns every change of the draft; a field subscribes to its own
//  place and is drawn again only when that changes, so that typing costs the same in a graph of two hundred states.
import { same, write } from "./path";

/** Typing at one place is one step of undo until the person pauses this long. */
const PAUSE_MS = 1_000;
const STEPS = 300;

interface Step<R> {
  root: R;
  /** Where the change that followed this state was made. */
  path: string;
}

export class EditorStore<R> {
  #root: R;
  #past: Step<R>[] = [];
  #future: Step<R>[] = [];
  /** The place and the moment of the last typing; none after anything else. */
  #typing: { path: string; at: number } | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(root: R) {
    this.#root = root;
  }

  get root(): R {
    return this.#root;
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Typing: `at` in milliseconds of any steady clock. */
  type(path: string, value: unknown, at: number): void {
    const goes = this.#typing !== null && this.#typing.path === path && at - this.#typing.at < PAUSE_MS;
    this.#become(write(this.#root, path, value), path, !goes);
    this.#typing = { path, at };
  }

  /** Anything that is one step by itself: a list that changed, a choice, a node that was moved. */
  change(path: string, edit: (root: R) => R): void {
    this.#become(edit(this.#root), path, true);
    this.#typing = null;
  }

  /** Takes another draft as it is, without a way back: what the host stored, or what was restored at the start. */
  reset(root: R): void {
    this.#root = root;
    this.#past = [];
    this.#future = [];
    this.#typing = null;
    this.#announce();
  }

  /** Goes one step back; says where, none when there is nothing to go back to. */
  undo(): string | null {
    return this.#travel(this.#past, this.#future);
  }

  redo(): string | null {
    return this.#travel(this.#future, this.#past);
  }

  #travel(from: Step<R>[], to: Step<R>[]): string | null {
    const step = from.pop();
    if (!step) return null;
    to.push({ root: this.#root, path: step.path });
    this.#root = step.root;
    this.#typing = null;
    this.#announce();
    return step.path;
  }

  #become(root: R, path: string, step: boolean): void {
    if (Object.is(root, this.#root) || same(root, this.#root)) return;
    if (step) {
      this.#past.push({ root: this.#root, path });
      if (this.#past.length > STEPS) this.#past.shift();
    }
    this.#future = [];
    this.#root = root;
    this.#announce();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
