import { Maximize, Minus, Plus, Spline, WandSparkles } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../../components/Button";
import { useFormat } from "../../../components/useFormat";
import styles from "./Graph.module.css";

interface Props {
  chosen: string | null;
  scale: number;
  atLeast: boolean;
  atMost: boolean;
  onAdd: () => void;
  onJoin: () => void;
  onTidy: () => void;
  onZoom: (factor: number) => void;
  onFit: () => void;
}

export function GraphTools({ chosen, scale, atLeast, atMost, onAdd, onJoin, onTidy, onZoom, onFit }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.tools} role="toolbar" aria-label={t("editor.graph.tools")}>
      <Button size="small" icon={<Plus />} onClick={onAdd} data-testid="graph-add">
        {t("editor.graph.add")}
      </Button>
      <IconButton size="small" label={t("editor.graph.join")} icon={<Spline />} disabled={chosen === null} onClick={onJoin} data-testid="graph-join" />
      <IconButton size="small" label={t("editor.graph.tidy")} icon={<WandSparkles />} onClick={onTidy} data-testid="graph-tidy" />
      <span className={styles.zoom}>
        <IconButton size="small" label={t("editor.graph.zoomOut")} icon={<Minus />} disabled={atLeast} onClick={() => onZoom(0.8)} />
        <span data-numeric="">{format.percent(scale)}</span>
        <IconButton size="small" label={t("editor.graph.zoomIn")} icon={<Plus />} disabled={atMost} onClick={() => onZoom(1.25)} />
        <IconButton size="small" label={t("editor.graph.fit")} icon={<Maximize />} onClick={onFit} data-testid="graph-fit" />
      </span>
    </div>
  );
}
