//  Everything that is wrong with the draft, from the keystroke's own bounds and from the host. Owns which of them are
//  shown at a place; a field subscribes to its own.
import type { Problem } from "./check";
import { read } from "./path";

export type { Problem } from "./check";

const keyOf = ({ path, code }: Problem) => `${path}\n${code}`;
const same = (a: Problem, b: Problem) => a.severity === b.severity && (a.params === b.params || JSON.stringify(a.params) === JSON.stringify(b.params));

export class ProblemBoard {
  #own: readonly Problem[] = [];
  #host: readonly Problem[] = [];
  /** The draft that the host's answer is about: where the place was changed since, it is old. */
  #asked: unknown = null;
  #root: unknown = null;
  #texts = new Map<string, Problem>();
  #all: readonly Problem[] = [];
  #byPath = new Map<string, Problem>();
  #touched = new Set<string>();
  /** A new skillbase is not reproached with what nobody has come to yet. */
  #fresh: boolean;
  readonly #listeners = new Set<() => void>();

  constructor(fresh: boolean) {
    this.#fresh = fresh;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** All that is shown; the same array until something changes. */
  readonly all = (): readonly Problem[] => this.#all;
  at(path: string): Problem | undefined {
    return this.#byPath.get(path);
  }
  get errors(): number {
    return this.#all.filter(({ severity }) => severity === "error").length;
  }

  /** A field was left, or changed. */
  touch(path: string): void {
    if (!this.#fresh || this.#touched.has(path)) return;
    this.#touched.add(path);
    this.#join();
  }

  /** Somebody wants to publish: now everything is said. */
  showAll(): void {
    this.#fresh = false;
    this.#join();
  }

  own(root: unknown, problems: readonly Problem[]): void {
    this.#root = root;
    this.#own = problems;
    this.#join();
  }

  host(asked: unknown, problems: readonly Problem[]): void {
    this.#asked = asked;
    this.#host = problems;
    this.#join();
  }

  /** Text at a place of a number that is no such number; none when it is one again. */
  text(path: string, problem: Problem | null): void {
    if (problem) this.#texts.set(path, problem);
    else if (!this.#texts.delete(path)) return;
    this.#join();
  }

  #join(): void {
    const current = this.#host.filter(({ path }) => this.#root === null || read(this.#asked, path) === read(this.#root, path));
    const wanted = [...this.#texts.values(), ...this.#own, ...current];
    const shown: Problem[] = [];
    const seen = new Set<string>();
    const known = new Map(this.#all.map((problem) => [keyOf(problem), problem]));
    for (const problem of wanted) {
      const key = keyOf(problem);
      if (seen.has(key) || (this.#fresh && problem.code === "required" && !this.#touched.has(problem.path)) || (this.#fresh && problem.severity === "warning")) continue;
      seen.add(key);
      // The same problem stays the same object, so that its field is not drawn again.
      const before = known.get(key);
      shown.push(before && same(before, problem) ? before : problem);
    }
    shown.sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
    if (shown.length === this.#all.length && shown.every((problem, index) => problem === this.#all[index])) return;
    this.#all = shown;
    this.#byPath = new Map(shown.toReversed().map((problem) => [problem.path, problem]));
    for (const listener of this.#listeners) listener();
  }
}
