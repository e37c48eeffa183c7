//  Places the states of a conversation in rows, from its start downwards. Owns a small layered layout (Sugiyama): cycles
//  are opened, rows are the longest way from a start, neighbours are brought near each other, nothing overlaps.

export interface Edge {
  from: string;
  to: string;
}
export interface Point {
  x: number;
  y: number;
}

export const NODE = { width: 152, height: 60 } as const;
const GAP = { x: 20, y: 56 } as const;
const STEP = { x: NODE.width + GAP.x, y: NODE.height + GAP.y } as const;
/** A stand-in of a long edge in a row that it crosses needs less room than a state. */
const THIN = 28;
const SWEEPS = 8;

/** The edges with those turned round that would lead back to where the walk came from. */
function withoutCycles(ids: readonly string[], edges: readonly Edge[]): Edge[] {
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) if (from !== to) out.get(from)?.push(to);
  const state = new Map<string, "open" | "done">();
  const acyclic: Edge[] = [];
  for (const root of ids) {
    if (state.has(root)) continue;
    // A stack of its own: two hundred states in a row would be two hundred calls deep.
    const stack: { id: string; next: number }[] = [{ id: root, next: 0 }];
    state.set(root, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = out.get(top.id)?.[top.next];
      top.next += 1;
      if (to === undefined) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(to) === "open") {
        acyclic.push({ from: to, to: top.id });
      } else {
        acyclic.push({ from: top.id, to });
        if (!state.has(to)) {
          state.set(to, "open");
          stack.push({ id: to, next: 0 });
        }
      }
    }
  }
  return acyclic;
}

function rowsOf(ids: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const entering = new Map<string, number>(ids.map((id) => [id, 0]));
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) {
    out.get(from)?.push(to);
    entering.set(to, (entering.get(to) ?? 0) + 1);
  }
  const row = new Map<string, number>(ids.map((id) => [id, 0]));
  const ready = ids.filter((id) => entering.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const to of out.get(id) ?? []) {
      row.set(to, Math.max(row.get(to) ?? 0, (row.get(id) ?? 0) + 1));
      const left = (entering.get(to) ?? 0) - 1;
      entering.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return row;
}

interface Net {
  rows: string[][];
  up: Map<string, string[]>;
  down: Map<string, string[]>;
}

/** Rows with stand-ins, so that every edge joins neighbouring rows. */
function netOf(ids: readonly string[], edges: readonly Edge[]): Net {
  const row = rowsOf(ids, edges);
  const rows: string[][] = Array.from({ length: Math.max(0, ...row.values()) + 1 }, () => []);
  for (const id of ids) rows[row.get(id) ?? 0]?.push(id);
  const up = new Map<string, string[]>();
  const down = new Map<string, string[]>();
  const link = (from: string, to: string) => {
    down.set(from, [...(down.get(from) ?? []), to]);
    up.set(to, [...(up.get(to) ?? []), from]);
  };
  edges.forEach(({ from, to }, index) => {
    let before = from;
    for (let level = (row.get(from) ?? 0) + 1; level < (row.get(to) ?? 0); level += 1) {
      const standIn = `\u0000${index}/${level}`;
      rows[level]?.push(standIn);
      link(before, standIn);
      before = standIn;
    }
    link(before, to);
  });
  return { rows, up, down };
}

const places = (row: readonly string[]) => new Map(row.map((id, index) => [id, index]));

function crossings({ rows, down }: Net): number {
  let count = 0;
  for (let level = 0; level + 1 < rows.length; level += 1) {
    const below = places(rows[level + 1] ?? []);
    const ends = (rows[level] ?? []).flatMap((id) => (down.get(id) ?? []).map((to) => below.get(to) ?? 0).toSorted((a, b) => a - b));
    for (let i = 0; i < ends.length; i += 1) for (let j = i + 1; j < ends.length; j += 1) if ((ends[i] ?? 0) > (ends[j] ?? 0)) count += 1;
  }
  return count;
}

/** Brings every state near the middle of its neighbours, row by row, downwards and upwards; keeps the best that was seen. */
function ordered(net: Net): string[][] {
  let best = net.rows.map((row) => [...row]);
  let fewest = crossings({ ...net, rows: best });
  let rows = best;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    const downwards = sweep % 2 === 0;
    const next = rows.map((row) => [...row]);
    const levels = next.map((_, level) => level);
    for (const level of downwards ? levels.slice(1) : levels.slice(0, -1).toReversed()) {
      const beside = places(next[downwards ? level - 1 : level + 1] ?? []);
      const own = places(next[level] ?? []);
      const middle = (id: string) => {
        const around = ((downwards ? net.up : net.down).get(id) ?? []).map((other) => beside.get(other) ?? 0);
        return around.length === 0 ? (own.get(id) ?? 0) : around.reduce((sum, at) => sum + at, 0) / around.length;
      };
      next[level] = (next[level] ?? []).toSorted((a, b) => middle(a) - middle(b) || (own.get(a) ?? 0) - (own.get(b) ?? 0));
    }
    rows = next;
    const count = crossings({ ...net, rows });
    if (count < fewest) {
      fewest = count;
      best = rows;
    }
  }
  return best;
}

const widthOf = (id: string) => (id.startsWith("\u0000") ? THIN : STEP.x);

/** Moves a row's items as near as possible to where they want to be, in their order and without touching. */
function settle(row: readonly string[], wanted: ReadonlyMap<string, number>): number[] {
  const left: number[] = [];
  const right: number[] = [];
  const apart = (index: number) => (widthOf(row[index - 1] ?? "") + widthOf(row[index] ?? "")) / 2;
  row.forEach((id, index) => {
    const want = wanted.get(id) ?? 0;
    left[index] = index === 0 ? want : Math.max(want, (left[index - 1] ?? 0) + apart(index));
  });
  for (let index = row.length - 1; index >= 0; index -= 1) {
    const want = wanted.get(row[index] ?? "") ?? 0;
    right[index] = index === row.length - 1 ? want : Math.min(want, (right[index + 1] ?? 0) - apart(index + 1));
  }
  // The mean of a packing to the right and one to the left keeps the distances of both.
  return row.map((_, index) => ((left[index] ?? 0) + (right[index] ?? 0)) / 2);
}

/** Upper left corners of all states. The first id is where the conversation starts. */
export function layout(ids: readonly string[], edges: readonly Edge[]): Map<string, Point> {
  const known = new Set(ids);
  const net = netOf(ids, withoutCycles(ids, edges.filter(({ from, to }) => known.has(from) && known.has(to))));
  const rows = ordered(net);
  const x = new Map<string, number>();
  for (const row of rows) {
    let at = 0;
    row.forEach((id, index) => {
      at += index === 0 ? 0 : (widthOf(row[index - 1] ?? "") + widthOf(id)) / 2;
      x.set(id, at);
    });
    for (const id of row) x.set(id, (x.get(id) ?? 0) - at / 2);
  }
  for (let pass = 0; pass < SWEEPS; pass += 1) {
    const downwards = pass % 2 === 0;
    for (const row of downwards ? rows : rows.toReversed()) {
      const wanted = new Map(
        row.map((id) => {
          const around = ((downwards ? net.up : net.down).get(id) ?? []).map((other) => x.get(other) ?? 0);
          return [id, around.length === 0 ? (x.get(id) ?? 0) : around.reduce((sum, at) => sum + at, 0) / around.length];
        }),
      );
      settle(row, wanted).forEach((at, index) => x.set(row[index] ?? "", at));
    }
  }
  const points = new Map<string, Point>();
  rows.forEach((row, level) => {
    for (const id of row) if (known.has(id)) points.set(id, { x: Math.round((x.get(id) ?? 0) - NODE.width / 2), y: level * STEP.y });
  });
  const west = Math.min(0, ...[...points.values()].map((point) => point.x));
  for (const [id, point] of points) points.set(id, { x: point.x - west, y: point.y });
  return points;
}

/** Where a new state goes: below the one it follows, beside what is there already. */
export function freePlace(taken: Iterable<Point>, near: Point | undefined): Point {
  const all = [...taken];
  const start = near ? { x: near.x, y: near.y + STEP.y } : { x: 0, y: all.length === 0 ? 0 : Math.max(...all.map((point) => point.y)) + STEP.y };
  const free = (point: Point) => all.every((other) => Math.abs(other.x - point.x) >= NODE.width + 8 || Math.abs(other.y - point.y) >= NODE.height + 8);
  for (let step = 0; ; step += 1) {
    const point = { x: start.x + step * STEP.x, y: start.y };
    if (free(point)) return point;
  }
}

/** The nearest state in a direction, as arrow keys go: what lies straight ahead before what lies aside. */
export function neighbour(points: ReadonlyMap<string, Point>, from: string, direction: "up" | "down" | "left" | "right"): string | null {
  const start = points.get(from);
  if (!start) return points.keys().next().value ?? null;
  let best: string | null = null;
  let nearest = Infinity;
  for (const [id, { x, y }] of points) {
    if (id === from) continue;
    const [ahead, aside] =
      direction === "right" ? [x - start.x, y - start.y] : direction === "left" ? [start.x - x, y - start.y] : direction === "down" ? [y - start.y, x - start.x] : [start.y - y, x - start.x];
    if (ahead <= 0) continue;
    const distance = ahead + 2 * Math.abs(aside);
    if (distance < nearest) [best, nearest] = [id, distance];
  }
  return best;
}
