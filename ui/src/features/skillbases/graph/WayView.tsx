import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { Transition } from "../model/document";
import { conditionText } from "./conditionText";
import styles from "./Graph.module.css";
import { wayWords, wayPath } from "./geometry";

interface Props {
  way: Transition;
  fx: number;
  fy: number;
  tx: number;
  ty: number;
  chosen: boolean;
  said: boolean;
  onChoose: (from: string) => void;
}

/** One way from state to state. */
export const WayView = memo(function WayView({ way, fx, fy, tx, ty, chosen, said, onChoose }: Props) {
  const { t } = useTranslation();
  const from = { x: fx, y: fy };
  const to = { x: tx, y: ty };
  const path = wayPath(from, way.from === way.to ? from : to);
  const words = said && way.condition.type !== "always" ? conditionText(t, way.condition, 20) : "";
  const middle = wayWords(from, to);
  return (
    <g className={styles.way} data-chosen={chosen || undefined} data-testid="graph-way" onPointerDown={() => onChoose(way.from)}>
      <path className={styles.wayHit} d={path} />
      <path className={styles.wayLine} d={path} markerEnd={chosen ? "url(#way-chosen)" : "url(#way)"} />
      {words === "" ? null : (
        <text x={middle.x} y={middle.y} textAnchor="middle">
          {words}
        </text>
      )}
    </g>
  );
});
