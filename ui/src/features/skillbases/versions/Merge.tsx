//  Two changes of one base, side by side. For every field a person chooses; where only one side changed it, that change
//  is chosen already, and can be chosen otherwise.
import { GitMerge } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../../components/Button";
import { useFormat } from "../../../components/useFormat";
import type { SkillbaseText } from "../model/check";
import { type Choice, resolve, type Side, threeWay } from "../model/compare";
import { pathLabel, valueText } from "./pathLabel";
import styles from "./Versions.module.css";

interface Props {
  base: SkillbaseText;
  mine: SkillbaseText;
  theirs: SkillbaseText;
  /** What is compared with: a version that was published, or a draft that was stored meanwhile. */
  theirName: string;
  theirAt: string | null;
  onTake: (result: SkillbaseText) => void;
  onClose: () => void;
}

const SIDES: readonly Side[] = ["mine", "theirs", "base"];

/** None while a person has to choose. */
const chosenSide = (choice: Choice, chosen: Readonly<Record<string, Side>>): Side | null => chosen[choice.path] ?? (choice.changed === "both" ? null : choice.changed);

export function Merge({ base, mine, theirs, theirName, theirAt, onTake, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const choices = useMemo(() => threeWay(base, mine, theirs).toSorted((a, b) => Number(b.changed === "both") - Number(a.changed === "both")), [base, mine, theirs]);
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const open = choices.filter((choice) => chosenSide(choice, chosen) === null);
  const all = (side: Side) => setChosen(Object.fromEntries(choices.map(({ path }) => [path, side])));
  const take = () => onTake(resolve(theirs, choices, Object.fromEntries(choices.map((choice) => [choice.path, chosenSide(choice, chosen) ?? "theirs"]))));
  return (
    <div className={styles.merge} data-testid="merge" data-open={open.length}>
      <header className={styles.mergeHead}>
        <GitMerge aria-hidden />
        <div>
          <h2>{t("editor.merge.title", { name: theirName })}</h2>
          <p>{theirAt === null ? t("editor.merge.note") : t("editor.merge.noteAt", { at: format.moment(theirAt) })}</p>
        </div>
        <div className={styles.mergeAll}>
          <Button size="small" onClick={() => all("mine")} data-testid="merge-all-mine">
            {t("editor.merge.allMine")}
          </Button>
          <Button size="small" onClick={() => all("theirs")} data-testid="merge-all-theirs">
            {t("editor.merge.allTheirs")}
          </Button>
        </div>
      </header>
      <div className={styles.mergeBody}>
        {choices.length === 0 ? <p className={styles.none}>{t("editor.merge.same")}</p> : null}
        {choices.map((choice) => {
          const side = chosenSide(choice, chosen);
          const label = pathLabel(t, choice.path, choice.mine === undefined ? theirs : mine);
          return (
            <fieldset key={choice.path} className={styles.field} data-testid="merge-field" data-path={choice.path} data-changed={choice.changed} data-chosen={side ?? "none"}>
              <legend>
                {label}
                <small>{t(`editor.merge.changed.${choice.changed}`)}</small>
              </legend>
              <div className={styles.sides}>
                {SIDES.map((name) => (
                  <label key={name} data-chosen={side === name || undefined}>
                    <input type="radio" name={choice.path} checked={side === name} onChange={() => setChosen((old) => ({ ...old, [choice.path]: name }))} data-testid={`merge-${name}`} />
                    <span>{name === "theirs" ? theirName : t(`editor.merge.side.${name}`)}</span>
                    <p>{valueText(t, choice[name])}</p>
                  </label>
                ))}
              </div>
            </fieldset>
          );
        })}
      </div>
      <footer className={styles.mergeFoot}>
        <span role="status">{open.length > 0 ? t("editor.merge.open", { count: open.length }) : t("editor.merge.ready")}</span>
        <Button onClick={onClose}>{t("editor.merge.later")}</Button>
        <Button variant="primary" disabled={open.length > 0} onClick={take} data-testid="merge-take">
          {t("editor.merge.take")}
        </Button>
      </footer>
    </div>
  );
}
