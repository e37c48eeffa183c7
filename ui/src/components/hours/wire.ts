//  Calling hours on the wire name a span once with all its days; the editor has a span for each day. The way there and
//  back, and where a refusal of the one stands in the other.
import type { SpanForm } from "../../bindings/SpanForm";
import { sorted, type SpanText } from "./spans";

const same = (one: SpanText, other: SpanForm) => one.opens === other.opens && one.closes === other.closes;

export function toWire(spans: readonly SpanText[]): SpanForm[] {
  const found: SpanForm[] = [];
  for (const span of spans) {
    const known = found.find((wire) => same(span, wire));
    if (!known) found.push({ weekdays: [span.weekday], opens: span.opens, closes: span.closes });
    else if (!known.weekdays.includes(span.weekday)) known.weekdays.push(span.weekday);
  }
  return found.map((wire) => ({ ...wire, weekdays: wire.weekdays.toSorted((a, b) => a - b) }));
}

export function fromWire(spans: readonly SpanForm[]): SpanText[] {
  return sorted(spans.flatMap(({ weekdays, opens, closes }) => weekdays.map((weekday) => ({ weekday, opens, closes }))));
}

/** The paths in the editor of a path that the host named; what is no span stays as it is. */
export function issuePath(path: string, spans: readonly SpanText[]): string[] {
  const named = /^hours\.(\d+)(?:\.(\w+))?$/.exec(path);
  const wire = named ? toWire(spans)[Number(named[1])] : undefined;
  if (!named || !wire) return [path];
  const field = named[2] === "opens" || named[2] === "closes" ? `.${named[2]}` : "";
  return spans.flatMap((span, index) => (same(span, wire) && wire.weekdays.includes(span.weekday) ? [`hours.${index}${field}`] : []));
}
