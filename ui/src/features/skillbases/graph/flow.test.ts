import { describe, expect, it } from "vitest";

import type { Flow } from "../model/document";
import { addState, connect, lossOfPlan, marks, newState, placed, removeState, toGraph, toPlan } from "./flow";

const empty: Flow = { type: "graph", start: "", states: [], transitions: [] };

function grown(names: string[]): Flow {
  return names.reduce((flow, name) => addState(flow, newState(flow.states, name), flow.states.at(-1)?.id ?? null), empty);
}

describe("a graph of states", () => {
  it("begins with its first state and grows from state to state", () => {
    const flow = grown(["Hello", "Offer", "Bye"]);
    expect(flow.start).toBe("state_1");
    expect(flow.transitions.map(({ from, to }) => `${from} ${to}`)).toEqual(["state_1 state_2", "state_2 state_3"]);
    expect(connect(flow, "state_1", "state_2")).toBe(flow);
  });

  it("loses the ways of a state that is taken away, and its start with the start", () => {
    const flow = removeState(grown(["Hello", "Offer", "Bye"]), "state_2");
    expect(flow.transitions).toEqual([]);
    expect(removeState(flow, "state_1").start).toBe("");
    expect(newState(flow.states, "x").id).not.toBe("state_3");
  });

  it("marks the start, ends, what nothing leads to and what leads nowhere", () => {
    const flow = addState(grown(["Hello", "Bye"]), newState(grown(["Hello", "Bye"]).states, "Alone"), null);
    const found = marks(flow);
    expect(found.get("state_1")).toEqual({ start: true, end: false, unreachable: false, deadEnd: false });
    expect(found.get("state_2")?.deadEnd).toBe(true);
    expect(found.get("state_3")).toEqual({ start: false, end: false, unreachable: true, deadEnd: true });
  });

  it("is drawn where somebody put its states, and by itself elsewhere", () => {
    const flow = grown(["Hello", "Bye"]);
    const states = flow.states.map((state, index) => (index === 1 ? { ...state, position: { x: 500, y: 7 } } : state));
    expect(placed(states, flow.transitions, flow.start).get("state_2")).toEqual({ x: 500, y: 7 });
    expect(placed(states, flow.transitions, flow.start, true).get("state_2")).not.toEqual({ x: 500, y: 7 });
  });
});

describe("a plan and a graph", () => {
  it("become each other: a plan is a graph without branches", () => {
    const plan = toPlan(grown(["Hello", "Offer", "Bye"]));
    expect(plan.states.map(({ name }) => name)).toEqual(["Hello", "Offer", "Bye"]);
    const graph = toGraph(plan);
    expect(graph.transitions).toHaveLength(2);
    expect(graph.states.map(({ isEnd }) => isEnd)).toEqual([false, false, true]);
    expect(lossOfPlan(graph)).toEqual({ conditions: 0, branches: 0, ends: 0 });
  });

  it("say before the change what a plan cannot hold", () => {
    let flow = connect(grown(["Hello", "Offer", "Bye"]), "state_1", "state_3");
    flow = { ...flow, states: flow.states.map((state) => ({ ...state, isEnd: true })), transitions: flow.transitions.map((one) => ({ ...one, condition: { type: "keyword", keywords: ["no"] } })) };
    expect(lossOfPlan(flow)).toEqual({ conditions: 3, branches: 1, ends: 2 });
  });
});
