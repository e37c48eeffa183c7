//  Differences of two documents, field by field, and the joining of two changes of one base. Owns what counts as one
//  field: a value, or one item of a list; refuses to choose for anybody when both changed the same field.
import { join, read, same, write } from "./path";

export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

type Keyed = Record<string, unknown>;

const isObject = (value: unknown): value is Keyed => typeof value === "object" && value !== null && !Array.isArray(value);
const identity = (item: unknown): string | null => (isObject(item) && typeof item["id"] === "string" ? item["id"] : null);
const identified = (list: unknown[]): boolean => list.length > 0 && list.every((item) => identity(item) !== null) && new Set(list.map(identity)).size === list.length;

/** The name of a place that stays the same when items are moved: an item with an id is named by it (`states.#greet.name`). */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], join(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path);
  return [{ path, before, after }];
}

function listDifferences(before: unknown[], after: unknown[], path: string): Difference[] {
  const byId = [...before, ...after].some((item) => identity(item) !== null) && (before.length === 0 || identified(before)) && (after.length === 0 || identified(after));
  if (!byId) {
    // Items without a name can only be compared by what they say: moved, added and removed ones are one change of the list.
    if (before.length !== after.length || [...before, ...after].some((item) => !isObject(item))) return [{ path, before, after }];
    return before.flatMap((item, index) => differences(item, after[index], join(path, index)));
  }
  const old = new Map(before.map((item) => [identity(item), item]));
  const now = new Map(after.map((item) => [identity(item), item]));
  const ids = [...new Set([...old.keys(), ...now.keys()])];
  const found = ids.flatMap((id) => {
    const place = join(path, `#${id ?? ""}`);
    if (!old.has(id)) return [{ path: place, before: undefined, after: now.get(id) }];
    if (!now.has(id)) return [{ path: place, before: old.get(id), after: undefined }];
    return differences(old.get(id), now.get(id), place);
  });
  const kept = (list: unknown[]) => list.map(identity).filter((id) => old.has(id) && now.has(id));
  return same(kept(before), kept(after)) ? found : [...found, { path: join(path, "#order"), before: before.map(identity), after: after.map(identity) }];
}

/** One field that somebody changed since the base. */
export interface Choice {
  path: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
  /** `mine` and `theirs` were changed by one side only (or alike by both); `both` needs a person. */
  changed: "mine" | "theirs" | "both";
}

const under = (path: string, other: string) => path === other || path.startsWith(`${other}.`);

/** Everything that either side changed. Where one changed a whole of which the other changed a part, the whole is one field. */
export function threeWay(base: unknown, mine: unknown, theirs: unknown): Choice[] {
  const paths = [...differences(base, mine), ...differences(base, theirs)].map(({ path }) => path);
  const widest = [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && under(path, other)));
  return widest.map((path) => {
    const [b, m, t] = [readNamed(base, path), readNamed(mine, path), readNamed(theirs, path)];
    const changed = same(m, t) || same(b, t) ? "mine" : same(b, m) ? "theirs" : "both";
    return { path, base: b, mine: m, theirs: t, changed };
  });
}

/** Reads at a place that names items by id. */
export function readNamed(root: unknown, path: string): unknown {
  let at: unknown = root;
  for (const key of path === "" ? [] : path.split(".")) {
    if (Array.isArray(at) && key === "#order") return at.map(identity);
    at = Array.isArray(at) && key.startsWith("#") ? at.find((item) => identity(item) === key.slice(1)) : read(at, key);
  }
  return at;
}

/** Writes at such a place; `undefined` takes an item away, an item that was not there goes to the end of its list. */
export function writeNamed<R>(root: R, path: string, value: unknown): R {
  const keys = path.split(".");
  const go = (at: unknown, index: number): unknown => {
    const key = keys[index];
    if (key === undefined) return value;
    if (Array.isArray(at) && key === "#order") {
      const order = value as (string | null)[];
      const rank = (item: unknown) => (order.includes(identity(item)) ? order.indexOf(identity(item)) : order.length);
      return at.toSorted((a, b) => rank(a) - rank(b));
    }
    if (Array.isArray(at) && key.startsWith("#")) {
      const found = at.findIndex((item) => identity(item) === key.slice(1));
      const next = go(found < 0 ? undefined : at[found], index + 1);
      if (next === undefined) return found < 0 ? at : at.toSpliced(found, 1);
      return found < 0 ? [...at, next] : at.with(found, next);
    }
    return write(at, key, go(read(at, key), index + 1));
  };
  return go(root, 0) as R;
}

export type Side = "mine" | "theirs" | "base";

/** The result of a comparison: theirs, with what was chosen otherwise. Order comes last, when all items are there. */
export function resolve<R>(theirs: R, choices: readonly Choice[], chosen: Readonly<Record<string, Side>>): R {
  const ordered = choices.toSorted((a, b) => Number(a.path.endsWith("#order")) - Number(b.path.endsWith("#order")));
  return ordered.reduce((root, choice) => writeNamed(root, choice.path, choice[chosen[choice.path] ?? (choice.changed === "theirs" ? "theirs" : "mine")]), theirs);
}
