//  Everything of the state that is chosen in the graph, and the ways that leave it.
import { CornerDownRight, Flag, Plus, Trash2 } from "lucide-react";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../../components/Button";
import { MAX } from "../model/check";
import type { Flow } from "../model/document";
import { join, write } from "../model/path";
import { useSignal } from "../model/signal";
import { Chooser } from "../parts/Chooser";
import { ConditionFields } from "../parts/ConditionFields";
import { useEdit, useEditing, useProblem, useValue } from "../parts/context";
import { DocArea, DocNumber, DocSwitch, DocText } from "../parts/fields";
import { IssueNote } from "../parts/IssueNote";
import { ListEditor } from "../parts/ListEditor";
import styles from "../parts/Parts.module.css";
import { CollectChips } from "../parts/CollectChips";
import { connect, removeState } from "./flow";
import { type Shape, useShape } from "./shape";

const FLOW = "document.conversation.flow";

/** Fields that a step of a plan has as well. */
export const StateDetails = memo(function StateDetails({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <>
      <DocArea path={`${path}.prompt`} max={MAX.prompt} label={t("editor.state.prompt")} help={t("editor.state.promptHelp")} />
      <DocArea path={`${path}.goal`} rows={1} max={MAX.text} label={t("editor.state.goal")} />
      <CollectChips path={`${path}.collect`} />
      <div>
        <span className={styles.label}>{t("editor.state.examples")}</span>
        <ListEditor path={`${path}.examples`} testid="examples" max={MAX.shortItems} fresh={() => ""} addLabel={t("editor.state.examplesAdd")} itemName={(index) => t("editor.state.examplesItem", { index: index + 1 })} item={(item, index) => <DocArea path={item} rows={1} max={MAX.text} label={t("editor.state.examplesItem", { index: index + 1 })} />} />
      </div>
      <DocNumber path={`${path}.maxTurns`} min={1} max={50} optional unit={t("editor.unit.turns")} label={t("editor.state.maxTurns")} help={t("editor.state.maxTurnsHelp")} />
      <DocSwitch path={`${path}.usesKnowledge`} label={t("editor.state.usesKnowledge")} help={t("editor.state.usesKnowledgeHelp")} />
    </>
  );
});

const Way = memo(function Way({ index, shape, order }: { index: number; shape: Shape; order: number }) {
  const { t } = useTranslation();
  const edit = useEdit();
  const path = `${FLOW}.transitions.${index}`;
  const problem = useProblem(path);
  const choices = useMemo(() => shape.nodes.map(({ id, name }) => ({ value: id, label: name === "" ? id : name })), [shape]);
  const remove = () => edit.change(`${FLOW}.transitions`, (root) => write(root, `${FLOW}.transitions`, root.document.conversation.flow.transitions.toSpliced(index, 1)));
  return (
    <li className={styles.way} data-testid="way">
      <div className={styles.wayHead}>
        <CornerDownRight aria-hidden />
        <Chooser path={`${path}.to`} label={t("editor.way.to", { index: order + 1 })} choices={choices} />
        <IconButton size="small" label={t("editor.way.remove", { index: order + 1 })} icon={<Trash2 />} onClick={remove} />
      </div>
      <ConditionFields path={`${path}.condition`} />
      <DocNumber path={`${path}.priority`} min={0} max={1_000} label={t("editor.way.priority")} />
      {problem ? <IssueNote problem={problem} /> : null}
    </li>
  );
});

function Ways({ id, shape }: { id: string; shape: Shape }) {
  const { t } = useTranslation();
  const edit = useEdit();
  const others = shape.nodes.filter((node) => node.id !== id && !shape.transitions.some((way) => way.from === id && way.to === node.id));
  const leaving = shape.transitions.flatMap((way, index) => (way.from === id ? [index] : []));
  const change = (next: (flow: Flow) => Flow) => edit.change(`${FLOW}.transitions`, (root) => write(root, FLOW, next(root.document.conversation.flow)));
  const target = others[0];
  return (
    <section className={styles.sub}>
      <h3>{t("editor.way.title")}</h3>
      {leaving.length === 0 ? <p className={styles.quiet}>{t("editor.way.none")}</p> : null}
      <ol className={styles.ways}>
        {leaving.map((index, order) => (
          <Way key={`${shape.transitions[index]?.to ?? ""}${String(order)}`} index={index} shape={shape} order={order} />
        ))}
      </ol>
      <div>
        <Button size="small" icon={<Plus />} disabled={target === undefined} onClick={() => target && change((flow) => connect(flow, id, target.id))} data-testid="add-way">
          {t("editor.way.add")}
        </Button>
      </div>
    </section>
  );
}

function Entering({ id, shape }: { id: string; shape: Shape }) {
  const { t } = useTranslation();
  const { chosen } = useEditing();
  const from = shape.nodes.filter((node) => shape.transitions.some((way) => way.to === id && way.from === node.id));
  if (from.length === 0) return null;
  return (
    <p className={styles.entering}>
      {t("editor.way.from")}
      {from.map((node) => (
        <button key={node.id} type="button" onClick={() => chosen.set(node.id)}>
          {node.name === "" ? node.id : node.name}
        </button>
      ))}
    </p>
  );
}

export function Inspector() {
  const { t } = useTranslation();
  const { chosen: choice } = useEditing();
  const edit = useEdit();
  const chosen = useSignal(choice);
  const shape = useShape();
  const start = useValue<string>(`${FLOW}.start`);
  const index = shape.nodes.findIndex(({ id }) => id === chosen);
  if (chosen === null || index < 0) return <p className={styles.emptyPane}>{t("editor.state.none")}</p>;
  const path = join(FLOW, "states", index);
  const remove = () => {
    edit.change(`${FLOW}.states`, (root) => write(root, FLOW, removeState(root.document.conversation.flow, chosen)));
    choice.set(null);
  };
  return (
    <div className={styles.inspector} key={chosen} data-testid="inspector">
      <StateProblem path={path} />
      <DocText path={`${path}.name`} max={MAX.text} label={t("editor.state.name")} />
      <div className={styles.row}>
        <Button size="small" icon={<Flag />} disabled={start === chosen} onClick={() => edit.change(`${FLOW}.start`, (root) => write(root, `${FLOW}.start`, chosen))} data-testid="make-start">
          {start === chosen ? t("editor.state.isStart") : t("editor.state.makeStart")}
        </Button>
        <Button size="small" variant="ghost" icon={<Trash2 />} onClick={remove} data-testid="remove-state">
          {t("editor.state.remove")}
        </Button>
      </div>
      <DocSwitch path={`${path}.isEnd`} label={t("editor.state.isEnd")} />
      <Ways id={chosen} shape={shape} />
      <Entering id={chosen} shape={shape} />
      <section className={styles.sub}>
        <h3>{t("editor.state.says")}</h3>
        <StateDetails path={path} />
      </section>
      <p className={styles.quiet}>
        {t("editor.state.id")} <code>{chosen}</code>
      </p>
    </div>
  );
}

/** Unreachable, a dead end: about the state as a whole. */
function StateProblem({ path }: { path: string }) {
  const problem = useProblem(path);
  return problem ? <IssueNote problem={problem} /> : null;
}

