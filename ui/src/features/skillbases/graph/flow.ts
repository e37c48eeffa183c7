//  A plan or a graph of states as it is edited. Owns what adding, joining, removing and changing from plan to graph do to
//  it, and which states are marked; every change gives a new flow and leaves the old one as it was.
import type { Flow, Position, State, Transition } from "../model/document";
import { layout } from "./layout";

export const MAX_STATES = 200;
export const MAX_TRANSITIONS = 1_000;

/** The first free id: it names the state for good, whatever people call it. */
function freeId(states: readonly State[]): string {
  const taken = new Set(states.map(({ id }) => id));
  for (let n = states.length + 1; ; n += 1) if (!taken.has(`state_${n}`)) return `state_${n}`;
}

export function newState(states: readonly State[], name: string, position: Position | null = null): State {
  return { id: freeId(states), name, goal: "", prompt: "", collect: [], examples: [], usesKnowledge: false, maxTurns: null, isEnd: false, position };
}

export const newTransition = (from: string, to: string): Transition => ({ from, to, condition: { type: "always" }, priority: 0 });

/** Another way between two states that are joined already would be taken never, or never first. */
export function connect(flow: Flow, from: string, to: string): Flow {
  const joined = flow.transitions.some((one) => one.from === from && one.to === to);
  return joined || flow.transitions.length >= MAX_TRANSITIONS ? flow : { ...flow, transitions: [...flow.transitions, newTransition(from, to)] };
}

export function addState(flow: Flow, state: State, after: string | null): Flow {
  const grown = { ...flow, states: [...flow.states, state], start: flow.states.length === 0 ? state.id : flow.start };
  return after === null ? grown : connect(grown, after, state.id);
}

/** Takes a state away, with the ways that lead to it and from it. */
export function removeState(flow: Flow, id: string): Flow {
  return {
    ...flow,
    states: flow.states.filter((state) => state.id !== id),
    transitions: flow.transitions.filter(({ from, to }) => from !== id && to !== id),
    start: flow.start === id ? "" : flow.start,
  };
}

/** The states in the order in which a conversation may come to them: row by row of the drawing. */
function inOrder({ states, transitions, start }: Flow): State[] {
  const points = placed(states, transitions, start, true);
  const at = (id: string) => points.get(id) ?? { x: 0, y: 0 };
  return states.toSorted((a, b) => at(a.id).y - at(b.id).y || at(a.id).x - at(b.id).x);
}

export function toGraph(flow: Flow): Flow {
  const { states } = flow;
  return {
    type: "graph",
    start: states[0]?.id ?? "",
    states: states.map((state, index) => ({ ...state, isEnd: index === states.length - 1, position: null })),
    transitions: states.slice(1).map((state, index) => newTransition(states[index]?.id ?? "", state.id)),
  };
}

export function toPlan(flow: Flow): Flow {
  return { type: "linear", start: "", states: inOrder(flow).map((state) => ({ ...state, isEnd: false, position: null })), transitions: [] };
}

/** What a graph is that a plan cannot be. */
export interface Loss {
  conditions: number;
  branches: number;
  ends: number;
}

export function lossOfPlan({ states, transitions }: Flow): Loss {
  const leaving = new Map<string, number>();
  for (const { from } of transitions) leaving.set(from, (leaving.get(from) ?? 0) + 1);
  return {
    conditions: transitions.filter(({ condition }) => condition.type !== "always").length,
    branches: [...leaving.values()].filter((count) => count > 1).length,
    ends: Math.max(0, states.filter(({ isEnd }) => isEnd).length - 1),
  };
}

export interface Mark {
  start: boolean;
  end: boolean;
  /** No way leads to it. */
  unreachable: boolean;
  /** No way leads out of it, and it is no end. */
  deadEnd: boolean;
}

export function marks({ states, transitions, start }: Pick<Flow, "states" | "transitions" | "start">): Map<string, Mark> {
  const out = new Map<string, string[]>(states.map(({ id }) => [id, []]));
  for (const { from, to } of transitions) if (out.has(to)) out.get(from)?.push(to);
  const reached = new Set<string>();
  const open = out.has(start) ? [start] : [];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(out.get(id) ?? []));
  }
  return new Map(
    states.map(({ id, isEnd }) => [
      id,
      { start: id === start, end: isEnd, unreachable: start !== "" && !reached.has(id), deadEnd: !isEnd && (out.get(id) ?? []).every((to) => to === id) },
    ]),
  );
}

/** Where each state is drawn: where somebody put it, else where the layout would. */
export function placed(states: readonly State[], transitions: readonly Transition[], start: string, anew = false): Map<string, Position> {
  const kept = anew ? [] : states.filter(({ position }) => position !== null);
  if (kept.length === states.length) return new Map(states.map(({ id, position }) => [id, position ?? { x: 0, y: 0 }]));
  const ids = states.map(({ id }) => id);
  const points = layout(ids.includes(start) ? [start, ...ids.filter((id) => id !== start)] : ids, transitions);
  for (const { id, position } of kept) if (position) points.set(id, position);
  return points;
}
