//  The graph as a table: the same states and ways for who does not see a drawing, or has too many of them.
import { CircleStop, Play, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { useSignal } from "../model/signal";
import { useEditing } from "../parts/context";
import { conditionText } from "./conditionText";
import styles from "./Graph.module.css";
import { type Shape, useShape } from "./shape";

const Rows = memo(function Rows({ shape, chosen, onChoose }: { shape: Shape; chosen: string | null; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const names = new Map(shape.nodes.map(({ id, name }) => [id, name]));
  return shape.nodes.map(({ id, name, mark }) => (
    <tr key={id} data-chosen={id === chosen || undefined} data-testid="state-row">
      <td>
        <button type="button" onClick={() => onChoose(id)}>
          {name === "" ? t("editor.graph.unnamed") : name}
        </button>
      </td>
      <td>
        <span className={styles.marks}>
          {mark.start ? (
            <span>
              <Play aria-hidden />
              {t("editor.graph.mark.start")}
            </span>
          ) : null}
          {mark.end ? (
            <span>
              <CircleStop aria-hidden />
              {t("editor.graph.mark.end")}
            </span>
          ) : null}
          {(["unreachable", "deadEnd"] as const).map((kind) =>
            mark[kind] ? (
              <span key={kind} data-warned="">
                <TriangleAlert aria-hidden />
                {t(`editor.graph.mark.${kind}`)}
              </span>
            ) : null,
          )}
        </span>
      </td>
      <td>
        <ul>
          {shape.transitions.map((way, index) =>
            way.from === id ? (
              <li key={`${way.to}${String(index)}`}>
                <button type="button" onClick={() => onChoose(way.to)}>
                  {names.get(way.to) ?? way.to}
                </button>
                {way.condition.type === "always" ? null : ` – ${conditionText(t, way.condition, 60)}`}
              </li>
            ) : null,
          )}
        </ul>
      </td>
    </tr>
  ));
});

export function StateTable() {
  const { t } = useTranslation();
  const { chosen: choice } = useEditing();
  const chosen = useSignal(choice);
  const shape = useShape();
  return (
    <div className={styles.tableWrap}>
      <table className={styles.table} data-testid="state-table">
        <thead>
          <tr>
            <th scope="col">{t("editor.graph.column.state")}</th>
            <th scope="col">{t("editor.graph.column.marks")}</th>
            <th scope="col">{t("editor.graph.column.ways")}</th>
          </tr>
        </thead>
        <tbody>
          <Rows shape={shape} chosen={chosen} onChoose={choice.set} />
        </tbody>
      </table>
    </div>
  );
}
