//  Which words came and which went, of two texts.

export interface Piece {
  kind: "same" | "before" | "after";
  text: string;
}

/** Beyond this the comparison of words would take longer than the reading of both texts. */
const MOST = 600;

const split = (text: string) => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

export function words(before: string, after: string): Piece[] {
  const [a, b] = [split(before), split(after)];
  if (a.length > MOST || b.length > MOST) return [{ kind: "before", text: before }, { kind: "after", text: after }];
  // Lengths of the longest common sequences of the ends of both.
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) (rows[i] as Uint16Array)[j] = a[i] === b[j] ? (rows[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(rows[i + 1]?.[j] ?? 0, rows[i]?.[j + 1] ?? 0);
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i] ?? "");
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || (rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0))) {
      add("before", a[i] ?? "");
      i += 1;
    } else {
      add("after", b[j] ?? "");
      j += 1;
    }
  }
  return pieces;
}
