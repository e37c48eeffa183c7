import { BookUser, Check, ChevronRight, CircleSlash, CopyX, type LucideIcon, MinusCircle, PhoneOff, UsersRound, Wrench } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ImportCounts } from "../../bindings/ImportCounts";
import type { RowFate } from "../../bindings/RowFate";
import { useFormat } from "../useFormat";
import { countOf, LEFT, leftRows, TAKEN, takenRows } from "./counting";
import styles from "./Result.module.css";

const ICON: Record<RowFate, LucideIcon> = {
  ready: Check,
  fixed: Wrench,
  known: BookUser,
  duplicate: CopyX,
  in_campaign: UsersRound,
  do_not_call: PhoneOff,
  invalid: CircleSlash,
  ignored: MinusCircle,
};

interface Props {
  counts: ImportCounts;
  chosen: RowFate | null;
  /** The rows that became tasks are no longer kept. */
  committed: boolean;
  onChoose: (fate: RowFate) => void;
}

/** What becomes of the rows, adding up to the rows of the file. Each line opens its rows. */
export function Ledger({ counts, chosen, committed, onChoose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const part = (title: string, total: number, fates: readonly RowFate[], open: boolean, testid: string) => (
    <section>
      <h3>
        <span>{title}</span>
        <b data-testid={testid} data-state={total}>
          {format.number(total)}
        </b>
      </h3>
      <ul>
        {fates.map((fate) => {
          const count = countOf(counts, fate);
          const Icon = ICON[fate];
          const inside = (
            <>
              <Icon aria-hidden />
              <span>{t(`rowFate.${fate}`)}</span>
              <b>{format.number(count)}</b>
              {open ? <ChevronRight aria-hidden /> : null}
            </>
          );
          return (
            <li key={fate} data-fate={fate} data-zero={count === 0 || undefined} data-testid={`fate-${fate}`} data-state={count}>
              {open && count > 0 ? (
                <button type="button" aria-pressed={chosen === fate} onClick={() => onChoose(fate)}>
                  {inside}
                </button>
              ) : (
                <div>{inside}</div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
  return (
    <div className={styles.ledger} data-numeric="" data-testid="import-ledger">
      {part(t(committed ? "import.ledger.added" : "import.ledger.willAdd"), takenRows(counts), TAKEN, !committed, "ledger-taken")}
      {part(t(committed ? "import.ledger.wasLeft" : "import.ledger.left"), leftRows(counts), LEFT, true, "ledger-left")}
      <p className={styles.sum}>
        <span>{t("import.ledger.total")}</span>
        <b data-testid="ledger-total" data-state={counts.total}>
          {format.number(counts.total)}
        </b>
      </p>
    </div>
  );
}
