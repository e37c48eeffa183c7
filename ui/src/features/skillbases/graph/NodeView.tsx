import { memo, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Graph.module.css";
import { lines } from "./geometry";
import { NODE } from "./layout";

interface Props {
  id: string;
  name: string;
  x: number;
  y: number;
  start: boolean;
  end: boolean;
  unreachable: boolean;
  deadEnd: boolean;
  chosen: boolean;
  /** The keyboard comes here first. */
  first: boolean;
  target: boolean;
  talking: boolean;
  wrong: boolean;
  onGrab: (id: string, event: PointerEvent<SVGGElement>) => void;
  onPull: (id: string, event: PointerEvent<SVGCircleElement>) => void;
  /** `sought`: with the keyboard, so that it has to be brought into sight. */
  onFocus: (id: string, sought: boolean) => void;
}

/** Small pictures, drawn here: an icon component inside of SVG would be an SVG of its own. */
const PICTURE = {
  start: "M1 0.5 9 5 1 9.5Z",
  end: "M1 1H9V9H1Z",
  warning: "M5 0.5 10 9.5H0Z",
} as const;

/** One state. Only its own numbers and words draw it again: two hundred of them stand in a drawing. */
export const NodeView = memo(function NodeView({ id, name, x, y, start, end, unreachable, deadEnd, chosen, first, target, talking, wrong, onGrab, onPull, onFocus }: Props) {
  const { t } = useTranslation();
  const text = lines(name === "" ? t("editor.graph.unnamed") : name);
  const badge = unreachable ? "unreachable" : deadEnd ? "deadEnd" : start ? "start" : end ? "end" : null;
  const words = [name, start ? t("editor.graph.mark.start") : "", end ? t("editor.graph.mark.end") : "", unreachable ? t("editor.graph.mark.unreachable") : "", deadEnd ? t("editor.graph.mark.deadEnd") : "", wrong ? t("editor.graph.wrong") : ""].filter((word) => word !== "").join(", ");
  const top = badge ? (text.length > 1 ? 18 : 25) : text.length > 1 ? 27 : 34;
  return (
    <g
      className={styles.node}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={first ? 0 : -1}
      aria-pressed={chosen}
      data-testid="graph-node"
      data-id={id}
      data-chosen={chosen || undefined}
      data-target={target || undefined}
      data-talking={talking || undefined}
      data-start={start || undefined}
      data-end={end || undefined}
      data-warned={unreachable || deadEnd || undefined}
      data-wrong={wrong || undefined}
      onPointerDown={(event) => onGrab(id, event)}
      onFocus={(event) => onFocus(id, event.currentTarget.matches(":focus-visible"))}
    >
      {/* The name of the button, and what the pointer is told: its text may be cut. */}
      <title>{words}</title>
      <rect width={NODE.width} height={NODE.height} rx={8} />
      {end ? <rect className={styles.inner} x={3} y={3} width={NODE.width - 6} height={NODE.height - 6} rx={6} /> : null}
      {text.map((line, index) => (
        <text key={line + String(index)} x={14} y={top + index * 15}>
          {line}
        </text>
      ))}
      {badge ? (
        <g className={styles.badge} data-badge={badge} transform={`translate(14 ${text.length > 1 ? 41 : 39})`}>
          <path d={badge === "start" || badge === "end" ? PICTURE[badge] : PICTURE.warning} />
          <text x={15} y={9}>
            {t(`editor.graph.mark.${badge}`)}
          </text>
        </g>
      ) : null}
      {wrong ? <circle className={styles.wrong} cx={NODE.width - 14} cy={14} r={4} /> : null}
      <circle className={styles.handle} cx={NODE.width / 2} cy={NODE.height} r={6} onPointerDown={(event) => onPull(id, event)} data-testid="graph-handle" />
    </g>
  );
});
