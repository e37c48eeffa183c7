//  Places in a document, written as the host writes them: keys and indexes joined by dots (`states.3.name`). Owns reading
//  and changing at a place; what did not change keeps its identity, so that only the fields concerned are drawn again.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

const INDEX = /^\d+$/;

export const join = (...parts: (string | number)[]): string => parts.filter((part) => part !== "").join(".");

export function read(root: unknown, path: string): unknown {
  let at: unknown = root;
  for (const key of path === "" ? [] : path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** The root with another value at the path; the very same root when the value is there already. */
export function write<R>(root: R, path: string, value: unknown): R {
  return path === "" ? (value as R) : (put(root, path.split("."), value) as R);
}

function put(at: unknown, [key = "", ...rest]: string[], value: unknown): unknown {
  const list = Array.isArray(at);
  const before: unknown = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  const after = rest.length === 0 ? value : put(before, rest, value);
  if (Object.is(before, after)) return at;
  if (list) {
    const copy = [...(at as unknown[])];
    copy[Number(key)] = after;
    return copy;
  }
  if (at === undefined && INDEX.test(key)) return [after];
  return { ...(at as object | undefined), [key]: after };
}

const listAt = (root: unknown, path: string): unknown[] => {
  const found = read(root, path);
  return Array.isArray(found) ? (found as unknown[]) : [];
};

export function insert<R>(root: R, path: string, index: number, value: unknown): R {
  return write(root, path, listAt(root, path).toSpliced(index, 0, value));
}

export function remove<R>(root: R, path: string, index: number): R {
  return write(root, path, listAt(root, path).toSpliced(index, 1));
}

export function move<R>(root: R, path: string, from: number, to: number): R {
  const list = listAt(root, path);
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return root;
  return write(root, path, list.toSpliced(from, 1).toSpliced(to, 0, list[from]));
}

/** Equal in content; the order of keys means nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const a = one as Record<string, unknown>;
  const b = other as Record<string, unknown>;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}
