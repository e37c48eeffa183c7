//  Lines and words of the drawing, as numbers and texts.
import type { Position } from "../model/document";
import { NODE } from "./layout";

export interface View {
  x: number;
  y: number;
  scale: number;
}

export const SCALE = { min: 0.15, max: 2 } as const;

/** A way from state to state: down from the foot of one to the head of the other; ways back go round on the right. */
export function wayPath(from: Position, to: Position): string {
  const [ax, ay] = [from.x + NODE.width / 2, from.y + NODE.height];
  const [bx, by] = [to.x + NODE.width / 2, to.y];
  if (from === to || (from.x === to.x && from.y === to.y)) {
    const [x, y] = [from.x + NODE.width, from.y + NODE.height / 2];
    return `M${x} ${y - 10}C${x + 44} ${y - 22} ${x + 44} ${y + 22} ${x + 2} ${y + 10}`;
  }
  if (by > ay + 8) {
    const bend = Math.max(24, (by - ay) / 2);
    return `M${ax} ${ay}C${ax} ${ay + bend} ${bx} ${by - bend} ${bx} ${by - 2}`;
  }
  const side = Math.max(from.x, to.x) + NODE.width;
  const out = side + 36 + Math.min(80, Math.abs(by - ay) / 6);
  return `M${from.x + NODE.width} ${from.y + NODE.height / 2}C${out} ${from.y + NODE.height / 2} ${out} ${to.y + NODE.height / 2} ${to.x + NODE.width + 2} ${to.y + NODE.height / 2}`;
}

/** Where the condition of a way stands: nearer to where it leads, as several ways leave one state. */
export function wayWords(from: Position, to: Position): Position {
  const below = to.y > from.y + NODE.height + 8;
  const along = (a: number, b: number) => a + (b - a) * 0.72;
  if (below) return { x: along(from.x, to.x) + NODE.width / 2, y: along(from.y + NODE.height, to.y) };
  return { x: Math.max(from.x, to.x) + NODE.width + 28 + Math.min(60, Math.abs(to.y - from.y) / 8), y: (from.y + to.y + NODE.height) / 2 };
}

/** At most two lines; SVG text does not wrap by itself. */
export function lines(name: string, length = 17): string[] {
  const words = name.trim().split(/\s+/);
  const made: string[] = [];
  for (const word of words) {
    const last = made.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= length) made[made.length - 1] = `${last} ${word}`;
    else made.push(word);
  }
  const shown = made.slice(0, 2).map((line) => (line.length > length ? `${line.slice(0, length - 1)}…` : line));
  if (made.length > 2 && shown[1] !== undefined) shown[1] = `${shown[1].slice(0, length - 1).trimEnd()}…`;
  return shown;
}

/** The view that shows all of the states, and not larger than life. */
export function fit(points: readonly Position[], width: number, height: number): View {
  if (points.length === 0 || width === 0 || height === 0) return { x: width / 2 - NODE.width / 2, y: 32, scale: 1 };
  const margin = 28;
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  const wide = Math.max(...points.map(({ x }) => x)) + NODE.width - left;
  const high = Math.max(...points.map(({ y }) => y)) + NODE.height - top;
  const scale = Math.max(SCALE.min, Math.min(1, (width - 2 * margin) / wide, (height - 2 * margin) / high));
  return { scale, x: (width - wide * scale) / 2 - left * scale, y: Math.max(margin, (height - high * scale) / 2) - top * scale };
}

/** Below this nobody can read a name. */
const READABLE = 0.75;

/** What is seen first: everything when it can be read, else where the conversation begins. */
export function firstView(points: readonly Position[], start: Position | undefined, width: number, height: number): View {
  const whole = fit(points, width, height);
  if (whole.scale >= READABLE || width === 0) return whole;
  const at = start ?? points[0] ?? { x: 0, y: 0 };
  return { scale: READABLE, x: width / 2 - (at.x + NODE.width / 2) * READABLE, y: 28 - at.y * READABLE };
}

/** The same view nearer or farther; the point under the pointer stays where it is. */
export function zoomed({ x, y, scale }: View, factor: number, about: Position): View {
  const next = Math.max(SCALE.min, Math.min(SCALE.max, scale * factor));
  return { scale: next, x: about.x - ((about.x - x) / scale) * next, y: about.y - ((about.y - y) / scale) * next };
}

/** The view moved as little as needed for a state to be seen. */
export function shown(view: View, at: Position, width: number, height: number): View {
  const margin = 24;
  const [left, top] = [at.x * view.scale + view.x, at.y * view.scale + view.y];
  const [wide, high] = [NODE.width * view.scale, NODE.height * view.scale];
  const dx = left < margin ? margin - left : left + wide > width - margin ? width - margin - left - wide : 0;
  const dy = top < margin ? margin - top : top + high > height - margin ? height - margin - top - high : 0;
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}
