//  The drawing of a graph: seen, moved, joined and changed with the mouse, and all of it with the keyboard.
import { type KeyboardEvent, memo, type PointerEvent as ReactPointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { write } from "../model/path";
import { useSignal } from "../model/signal";
import type { Flow, Position } from "../model/document";
import { useEdit, useEditing, useProblems } from "../parts/context";
import { addState, connect, newState, removeState } from "./flow";
import styles from "./Graph.module.css";
import { firstView, fit, SCALE, shown, type View, wayPath, zoomed } from "./geometry";
import { freePlace, neighbour, NODE } from "./layout";
import { NodeView } from "./NodeView";
import { type Shape, useShape } from "./shape";
import { GraphTools } from "./GraphTools";
import { WayView } from "./WayView";

const FLOW = "document.conversation.flow";
/** Beyond this many ways only those of the chosen state say their condition; where several ways meet, words would too. */
const MANY_WAYS = 30;
const NUDGE = 8;

const rounded = ({ x, y }: Position): Position => ({ x: Math.round(x), y: Math.round(y) });

const ARROWS: Record<string, "up" | "down" | "left" | "right"> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

interface Pull {
  from: string;
  to: Position;
}

interface WaysProps {
  shape: Shape;
  at: ReadonlyMap<string, Position>;
  chosen: string | null;
  onChoose: (id: string) => void;
}

const Ways = memo(function Ways({ shape, at, chosen, onChoose }: WaysProps) {
  const few = shape.transitions.length <= MANY_WAYS;
  const entering = useMemo(() => {
    const count = new Map<string, number>();
    for (const { to } of shape.transitions) count.set(to, (count.get(to) ?? 0) + 1);
    return count;
  }, [shape]);
  return shape.transitions.map((way, index) => {
    const from = at.get(way.from);
    const to = at.get(way.to);
    if (!from || !to) return null;
    const mine = way.from === chosen;
    return <WayView key={`${way.from}>${way.to}>${index}`} way={way} fx={from.x} fy={from.y} tx={to.x} ty={to.y} chosen={mine} said={mine || (few && entering.get(way.to) === 1)} onChoose={onChoose} />;
  });
});

interface NodesProps {
  shape: Shape;
  at: ReadonlyMap<string, Position>;
  chosen: string | null;
  target: string | null;
  talking: string | null;
  wrong: ReadonlySet<string>;
  onGrab: (id: string, event: ReactPointerEvent<SVGGElement>) => void;
  onPull: (id: string, event: ReactPointerEvent<SVGCircleElement>) => void;
  onFocus: (id: string, sought: boolean) => void;
}

const Nodes = memo(function Nodes({ shape, at, chosen, target, talking, wrong, onGrab, onPull, onFocus }: NodesProps) {
  const known = shape.nodes.some(({ id }) => id === chosen);
  return shape.nodes.map(({ id, name, mark }, index) => {
    const { x, y } = at.get(id) ?? { x: 0, y: 0 };
    return (
      <NodeView
        key={id}
        id={id}
        name={name}
        x={x}
        y={y}
        {...mark}
        chosen={id === chosen}
        first={known ? id === chosen : index === 0}
        target={id === target}
        talking={id === talking}
        wrong={wrong.has(id)}
        onGrab={onGrab}
        onPull={onPull}
        onFocus={onFocus}
      />
    );
  });
});

/** Ids of the states that something is wrong with; the same set while nothing changes. */
function useWrong(shape: Shape): ReadonlySet<string> {
  const problems = useProblems();
  return useMemo(() => {
    const found = new Set<string>();
    for (const { path, severity } of problems) {
      const index = severity === "error" ? /^document\.conversation\.flow\.states\.(\d+)\./.exec(path)?.[1] : undefined;
      const id = index === undefined ? undefined : shape.nodes[Number(index)]?.id;
      if (id !== undefined) found.add(id);
    }
    return found;
  }, [problems, shape]);
}

export function GraphCanvas() {
  const { t } = useTranslation();
  const { store, chosen: choice, talking: talk } = useEditing();
  const edit = useEdit();
  const shape = useShape();
  const chosen = useSignal(choice);
  const talking = useSignal(talk);
  const wrong = useWrong(shape);
  const svg = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [view, setView] = useState<View | null>(null);
  const [moving, setMoving] = useState<{ id: string; at: Position } | null>(null);
  const [pull, setPull] = useState<Pull | null>(null);
  const [joining, setJoining] = useState<{ from: string; to: string } | null>(null);
  const [said, setSaid] = useState("");

  const at = useMemo(() => {
    const points = new Map(shape.nodes.map((node) => [node.id, node.at]));
    if (moving) points.set(moving.id, moving.at);
    return points;
  }, [shape, moving]);
  const whole = useMemo(() => firstView(shape.nodes.map((node) => node.at), shape.nodes.find(({ mark }) => mark.start)?.at, size.width, size.height), [shape, size]);
  const current = view ?? whole;

  // Everything that handlers need now: they stay the same functions, so that two hundred states are not drawn again.
  const now = useRef({ current, at, shape, size });
  useLayoutEffect(() => {
    now.current = { current, at, shape, size };
  });

  useEffect(() => {
    const canvas = svg.current;
    if (!canvas) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(canvas);
    // React's own wheel listener may not prevent the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      const { current } = now.current;
      if (event.ctrlKey || event.metaKey) setView(zoomed(current, Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top }));
      else setView({ ...current, x: current.x - (event.shiftKey ? event.deltaY : event.deltaX), y: current.y - (event.shiftKey ? 0 : event.deltaY) });
    };
    canvas.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      canvas.removeEventListener("wheel", onWheel);
    };
  }, []);

  const flow = useCallback((): Flow => store.root.document.conversation.flow, [store]);
  const changeFlow = useCallback((change: (flow: Flow) => Flow) => edit.change(FLOW, (root) => write(root, FLOW, change(root.document.conversation.flow))), [edit]);
  const toCanvas = useCallback((event: { clientX: number; clientY: number }): Position => {
    const box = svg.current?.getBoundingClientRect();
    const { current } = now.current;
    return { x: (event.clientX - (box?.left ?? 0) - current.x) / current.scale, y: (event.clientY - (box?.top ?? 0) - current.y) / current.scale };
  }, []);
  const under = useCallback((point: Position) => now.current.shape.nodes.findLast(({ at }) => point.x >= at.x && point.x <= at.x + NODE.width && point.y >= at.y && point.y <= at.y + NODE.height)?.id ?? null, []);

  const focusNode = useCallback((id: string) => {
    requestAnimationFrame(() => svg.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(id)}"]`)?.focus());
  }, []);
  const onFocus = useCallback(
    (id: string, sought: boolean) => {
      choice.set(id);
      const { current, at, size } = now.current;
      const place = at.get(id);
      // What the pointer is on is in sight, and must not move away under it.
      if (sought && place && size.width > 0) {
        const next = shown(current, place, size.width, size.height);
        if (next !== current) setView(next);
      }
    },
    [choice],
  );

  /** From now on everything stays where it is: the first state that is placed by hand ends the automatic layout. */
  const pinned = useCallback((before: Flow): Flow => {
    const points = now.current.at;
    return { ...before, states: before.states.map((state) => (state.position ? state : { ...state, position: rounded(points.get(state.id) ?? { x: 0, y: 0 }) })) };
  }, []);
  const pin = useCallback(
    (id: string, place: Position) => changeFlow((before) => ({ ...pinned(before), states: pinned(before).states.map((state) => (state.id === id ? { ...state, position: rounded(place) } : state)) })),
    [changeFlow, pinned],
  );

  const add = useCallback(
    (after: string | null, place: Position | null) => {
      const before = flow();
      const free = freePlace(now.current.at.values(), after === null ? undefined : now.current.at.get(after));
      const byHand = place !== null || before.states.some(({ position }) => position !== null);
      const state = newState(before.states, t("editor.graph.newState", { index: before.states.length + 1 }), byHand ? rounded(place ?? free) : null);
      changeFlow((old) => addState(byHand ? pinned(old) : old, state, after));
      choice.set(state.id);
      setSaid(t("editor.graph.added", { name: state.name }));
      focusNode(state.id);
    },
    [changeFlow, choice, flow, focusNode, pinned, t],
  );
  const joinStates = useCallback(
    (from: string, to: string) => {
      changeFlow((before) => connect(before, from, to));
      const name = (id: string) => flow().states.find((state) => state.id === id)?.name ?? id;
      setSaid(t("editor.graph.joined", { from: name(from), to: name(to) }));
    },
    [changeFlow, flow, t],
  );
  const removeNode = useCallback(
    (id: string) => {
      const near = neighbour(now.current.at, id, "up") ?? neighbour(now.current.at, id, "down") ?? neighbour(now.current.at, id, "left") ?? neighbour(now.current.at, id, "right");
      setSaid(t("editor.graph.removed", { name: flow().states.find((state) => state.id === id)?.name ?? id }));
      changeFlow((before) => removeState(before, id));
      choice.set(near);
      if (near !== null) focusNode(near);
    },
    [changeFlow, choice, flow, focusNode, t],
  );

  const onGrab = useCallback(
    (id: string, event: ReactPointerEvent<SVGGElement>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      choice.set(id);
      const node = event.currentTarget;
      const start = toCanvas(event);
      const origin = now.current.at.get(id) ?? { x: 0, y: 0 };
      const pointer = event.pointerId;
      let last: Position | null = null;
      const onMove = (moved: PointerEvent) => {
        const point = toCanvas(moved);
        if (!last && Math.hypot(point.x - start.x, point.y - start.y) * now.current.current.scale < 4) return;
        // Until now the view fitted itself to the states; from now on it stays, or the state would not be where it is dropped.
        if (!last) setView(now.current.current);
        last = { x: origin.x + point.x - start.x, y: origin.y + point.y - start.y };
        setMoving({ id, at: last });
      };
      const onEnd = (ended: PointerEvent) => {
        node.removeEventListener("pointermove", onMove);
        node.removeEventListener("pointerup", onEnd);
        node.removeEventListener("pointercancel", onEnd);
        setMoving(null);
        if (last && ended.type === "pointerup") pin(id, last);
      };
      node.setPointerCapture(pointer);
      node.addEventListener("pointermove", onMove);
      node.addEventListener("pointerup", onEnd);
      node.addEventListener("pointercancel", onEnd);
    },
    [choice, pin, toCanvas],
  );

  const onPull = useCallback(
    (id: string, event: ReactPointerEvent<SVGCircleElement>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      const handle = event.currentTarget;
      handle.setPointerCapture(event.pointerId);
      setView(now.current.current);
      const onMove = (moved: PointerEvent) => setPull({ from: id, to: toCanvas(moved) });
      const onEnd = (ended: PointerEvent) => {
        handle.removeEventListener("pointermove", onMove);
        handle.removeEventListener("pointerup", onEnd);
        handle.removeEventListener("pointercancel", onEnd);
        setPull(null);
        if (ended.type !== "pointerup") return;
        const point = toCanvas(ended);
        const to = under(point);
        const origin = now.current.at.get(id);
        if (to !== null) joinStates(id, to);
        else if (origin && point.y > origin.y + NODE.height + 12) add(id, { x: point.x - NODE.width / 2, y: point.y });
      };
      handle.addEventListener("pointermove", onMove);
      handle.addEventListener("pointerup", onEnd);
      handle.addEventListener("pointercancel", onEnd);
    },
    [add, joinStates, toCanvas, under],
  );

  const onBackground = (event: ReactPointerEvent<SVGSVGElement>) => {
    if (event.button > 1) return;
    const canvas = event.currentTarget;
    const start = { x: event.clientX, y: event.clientY, view: current };
    canvas.setPointerCapture(event.pointerId);
    const onMove = (moved: PointerEvent) => setView({ ...start.view, x: start.view.x + moved.clientX - start.x, y: start.view.y + moved.clientY - start.y });
    const onEnd = () => {
      canvas.removeEventListener("pointermove", onMove);
      canvas.removeEventListener("pointerup", onEnd);
      canvas.removeEventListener("pointercancel", onEnd);
    };
    canvas.addEventListener("pointermove", onMove);
    canvas.addEventListener("pointerup", onEnd);
    canvas.addEventListener("pointercancel", onEnd);
  };

  const zoom = useCallback((factor: number) => {
    const { current, size } = now.current;
    setView(zoomed(current, factor, { x: size.width / 2, y: size.height / 2 }));
  }, []);
  const showAll = useCallback(() => {
    const { shape, size } = now.current;
    setView(fit(shape.nodes.map((node) => node.at), size.width, size.height));
  }, []);
  const startJoin = useCallback((from: string) => {
    setJoining({ from, to: from });
    setSaid(t("editor.graph.joinHelp"));
  }, [t]);

  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>) => {
    if (event.ctrlKey || event.metaKey) return;
    const id = choice.get();
    const direction = ARROWS[event.code];
    const done = () => event.preventDefault();
    if (joining) {
      done();
      event.stopPropagation();
      if (event.code === "Escape") setJoining(null);
      else if (direction) setJoining({ ...joining, to: neighbour(at, joining.to, direction) ?? joining.to });
      else if (event.code === "Enter" || event.code === "Space") {
        joinStates(joining.from, joining.to);
        setJoining(null);
      }
      return;
    }
    if (direction && id !== null) {
      done();
      const place = at.get(id);
      const step = NUDGE * (event.shiftKey ? 5 : 1);
      if (event.altKey && place) {
        setView(current);
        pin(id, { x: place.x + (direction === "left" ? -step : direction === "right" ? step : 0), y: place.y + (direction === "up" ? -step : direction === "down" ? step : 0) });
      } else {
        const next = neighbour(at, id, direction);
        if (next !== null) focusNode(next);
      }
      return;
    }
    switch (event.code) {
      case "KeyN":
      case "Insert":
        done();
        return add(id, null);
      case "KeyC":
        if (id === null) return;
        done();
        return startJoin(id);
      case "F2":
      case "Enter":
        done();
        return document.querySelector<HTMLElement>("[data-testid=inspector] input, [data-testid=inspector] textarea")?.focus();
      case "Delete":
      case "Backspace":
        if (id === null) return;
        done();
        return removeNode(id);
      case "Home": {
        done();
        const { start } = flow();
        if (start !== "") focusNode(start);
        return;
      }
      case "Equal":
      case "NumpadAdd":
        done();
        return zoom(1.25);
      case "Minus":
      case "NumpadSubtract":
        done();
        return zoom(0.8);
      case "Digit0":
      case "Numpad0":
        done();
        return showAll();
    }
  };

  const joinFrom = joining ? at.get(joining.from) : undefined;
  const joinTo = joining ? at.get(joining.to) : undefined;
  const pulled = pull ? at.get(pull.from) : undefined;
  const tidy = () => {
    changeFlow((before) => ({ ...before, states: before.states.map((state) => (state.position === null ? state : { ...state, position: null })) }));
    setView(null);
  };
  return (
    <div className={styles.canvas} data-testid="graph" data-count={shape.nodes.length}>
      <GraphTools chosen={chosen} scale={current.scale} onAdd={() => add(chosen, null)} onJoin={() => chosen !== null && (startJoin(chosen), focusNode(chosen))} onTidy={tidy} onZoom={zoom} onFit={showAll} atLeast={current.scale <= SCALE.min} atMost={current.scale >= SCALE.max} />
      {/* Its keys are its own, as `application` says; every state in it is a button. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <svg
        ref={svg}
        className={styles.svg}
        role="application"
        aria-label={t("editor.graph.label")}
        aria-describedby="graph-keys"
        data-joining={joining !== null || undefined}
        onPointerDown={onBackground}
        onDoubleClick={(event) => {
          const point = toCanvas(event);
          if (under(point) === null) add(null, { x: point.x - NODE.width / 2, y: point.y - NODE.height / 2 });
          else document.querySelector<HTMLElement>("[data-testid=inspector] input, [data-testid=inspector] textarea")?.focus();
        }}
        onKeyDown={onKeyDown}
      >
        <defs>
          {["way", "way-chosen"].map((id) => (
            <marker key={id} id={id} className={styles.arrow} data-chosen={id === "way-chosen" || undefined} viewBox="0 0 8 8" refX={7} refY={4} markerWidth={8} markerHeight={8} orient="auto-start-reverse">
              <path d="M0 0.5 7 4 0 7.5Z" />
            </marker>
          ))}
        </defs>
        <g transform={`translate(${current.x} ${current.y}) scale(${current.scale})`}>
          <Ways shape={shape} at={at} chosen={chosen} onChoose={choice.set} />
          {pull && pulled ? <path className={styles.pull} d={`M${pulled.x + NODE.width / 2} ${pulled.y + NODE.height}L${pull.to.x} ${pull.to.y}`} /> : null}
          {joinFrom && joinTo ? <path className={styles.pull} d={wayPath(joinFrom, joinTo)} /> : null}
          <Nodes shape={shape} at={at} chosen={chosen} target={joining?.to ?? null} talking={talking} wrong={wrong} onGrab={onGrab} onPull={onPull} onFocus={onFocus} />
        </g>
      </svg>
      <p className={styles.keys} id="graph-keys">
        {joining ? t("editor.graph.joinHelp") : t("editor.graph.keys")}
      </p>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}
