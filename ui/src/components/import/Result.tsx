import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { ImportView } from "../../bindings/ImportView";
import type { RowFate } from "../../bindings/RowFate";
import { Banner } from "../Feedback";
import { useFormat } from "../useFormat";
import { firstFate, leftRows, takenRows } from "./counting";
import { FateRows } from "./FateRows";
import { Ledger } from "./Ledger";
import styles from "./Result.module.css";
import { useLanding } from "./useLanding";

/** What would come of an import, or what came of it: one sentence, the ledger, and the rows behind each of its lines. */
export function Result({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const landing = useLanding();
  const committed = view.phase === "committed";
  const [wanted, setWanted] = useState<RowFate | null>(null);
  const first = firstFate(view.counts, committed);
  const fate = wanted ?? first;
  const left = leftRows(view.counts);
  return (
    <div className={styles.result}>
      <div className={styles.head} data-done={committed || undefined} data-testid={committed ? "import-done" : "import-checked"}>
        {committed ? <CircleCheck aria-hidden strokeWidth={1.75} /> : null}
        <div>
          <h2 ref={landing} tabIndex={-1}>{committed ? t("import.doneTitle", { count: view.created, campaign: view.campaignName }) : t("import.checkedTitle", { count: takenRows(view.counts), campaign: view.campaignName })}</h2>
          <p>
            {committed ? `${t("import.newContacts", { count: view.created - view.reusedContacts })} ${t("import.reused", { count: view.reusedContacts })} ` : null}
            {left === 0 ? t("import.noneLeft") : t("import.someLeft", { count: left, total: format.number(view.counts.total) })}
          </p>
        </div>
      </div>
      {view.damagedText ? (
        <div className={styles.notice}>
          <Banner tone="warning" testid="import-damaged">
            {t("import.damagedText")}
          </Banner>
        </div>
      ) : null}
      <div className={styles.split}>
        <Ledger counts={view.counts} chosen={fate} committed={committed} onChoose={setWanted} />
        <section className={styles.rows} aria-label={fate ? t(`rowFate.${fate}`) : t("import.rows")}>
          {fate ? (
            <>
              <header>
                <h3>{t(`rowFate.${fate}`)}</h3>
                <p>{t(`rowFateHelp.${fate}`)}</p>
              </header>
              <FateRows key={fate} view={view} fate={fate} />
            </>
          ) : (
            <p className={styles.nothing}>{t("import.allTaken")}</p>
          )}
        </section>
      </div>
    </div>
  );
}
