//  What the drawing of a graph shows of its flow. A new prompt of a state changes the flow and not its drawing; the
//  drawing is made anew only when something that is drawn changed.
import { useRef, useSyncExternalStore } from "react";

import type { Flow, Position, Transition } from "../model/document";
import { useEditing } from "../parts/context";
import { type Mark, marks, placed } from "./flow";

export interface Node {
  id: string;
  name: string;
  mark: Mark;
  at: Position;
}

export interface Shape {
  nodes: readonly Node[];
  transitions: readonly Transition[];
}

const markedAlike = (one: Mark, other: Mark) => one.start === other.start && one.end === other.end && one.unreachable === other.unreachable && one.deadEnd === other.deadEnd;

const drawnAlike = (one: Flow, other: Flow) =>
  one.start === other.start &&
  one.transitions === other.transitions &&
  one.states.length === other.states.length &&
  one.states.every((state, index) => {
    const twin = other.states[index];
    return twin !== undefined && (state === twin || (state.id === twin.id && state.name === twin.name && state.isEnd === twin.isEnd && state.position === twin.position));
  });

const joinedAlike = (one: readonly Transition[], other: readonly Transition[]) => one === other || (one.length === other.length && one.every(({ from, to }, index) => from === other[index]?.from && to === other[index]?.to));

/** A layout takes a moment, so it is made anew only when states or ways came or went: not for another name or condition. */
const placesAlike = (one: Flow, other: Flow) =>
  one.start === other.start && joinedAlike(one.transitions, other.transitions) && one.states.length === other.states.length && one.states.every((state, index) => state.id === other.states[index]?.id && state.position === other.states[index]?.position);

export function makeShape(flow: Flow, before: { flow: Flow; shape: Shape } | null): Shape {
  const found = marks(flow);
  const old = before && placesAlike(flow, before.flow) ? before.shape : null;
  const points = old ? new Map(old.nodes.map(({ id, at }) => [id, at])) : placed(flow.states, flow.transitions, flow.start);
  const known = new Map((before?.shape.nodes ?? []).map((node) => [node.id, node]));
  const nodes = flow.states.map(({ id, name }) => {
    const at = points.get(id) ?? { x: 0, y: 0 };
    const mark = found.get(id) ?? { start: false, end: false, unreachable: false, deadEnd: false };
    const twin = known.get(id);
    const alike = twin && twin.name === name && twin.at.x === at.x && twin.at.y === at.y && markedAlike(twin.mark, mark);
    return alike ? twin : { id, name, mark, at };
  });
  return { nodes, transitions: flow.transitions };
}

/** The drawing of the draft's graph; the same object for as long as it looks the same. */
export function useShape(): Shape {
  const { store } = useEditing();
  const last = useRef<{ flow: Flow; shape: Shape } | null>(null);
  return useSyncExternalStore(store.subscribe, () => {
    const { flow } = store.root.document.conversation;
    if (last.current && (last.current.flow === flow || drawnAlike(last.current.flow, flow))) return last.current.shape;
    const shape = makeShape(flow, last.current);
    last.current = { flow, shape };
    return shape;
  });
}
