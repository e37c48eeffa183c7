//  What changed, field by field. Texts show the words that came and went; nothing is told by colour alone.
import { memo, type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { SkillbaseText } from "../model/check";
import type { Difference } from "../model/compare";
import { pathLabel, valueText } from "./pathLabel";
import styles from "./Versions.module.css";
import { type Piece, words } from "./words";

function Pieces({ pieces, side }: { pieces: readonly Piece[]; side: "before" | "after" }): ReactNode {
  return pieces.map((piece, index) => (piece.kind === "same" ? <span key={index}>{piece.text}</span> : piece.kind === side ? side === "before" ? <del key={index}>{piece.text}</del> : <ins key={index}>{piece.text}</ins> : null));
}

export const Change = memo(function Change({ label, before, after }: { label: string; before: unknown; after: unknown }) {
  const { t } = useTranslation();
  const [old, now] = [valueText(t, before), valueText(t, after)];
  const pieces = useMemo(() => words(old, now), [old, now]);
  return (
    <div className={styles.change} data-testid="change">
      <h3>{label}</h3>
      <div>
        <span className={styles.side}>{t("editor.change.before")}</span>
        <p data-side="before">
          <Pieces pieces={pieces} side="before" />
        </p>
      </div>
      <div>
        <span className={styles.side}>{t("editor.change.after")}</span>
        <p data-side="after">
          <Pieces pieces={pieces} side="after" />
        </p>
      </div>
    </div>
  );
});

export function Changes({ items, root, none }: { items: readonly Difference[]; root: SkillbaseText; none: string }) {
  const { t } = useTranslation();
  if (items.length === 0) return <p className={styles.none}>{none}</p>;
  return items.map((item) => <Change key={item.path} label={pathLabel(t, item.path, root)} before={item.before} after={item.after} />);
}
