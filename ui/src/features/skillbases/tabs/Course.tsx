//  The course of a conversation: a plan of steps, or a graph of states.
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { SegmentedField } from "../../../components/form";
import { lossOfPlan, MAX_STATES, newState, toGraph, toPlan } from "../graph/flow";
import { GraphCanvas } from "../graph/GraphCanvas";
import { StateDetails } from "../graph/Inspector";
import { StateTable } from "../graph/StateTable";
import { MAX } from "../model/check";
import type { Flow } from "../model/document";
import { write } from "../model/path";
import { useEdit, useEditing, useProblem, useValue } from "../parts/context";
import { DocArea } from "../parts/fields";
import { IssueNote } from "../parts/IssueNote";
import { ListEditor } from "../parts/ListEditor";
import styles from "../parts/Parts.module.css";

const FLOW = "document.conversation.flow";

const Step = memo(function Step({ path, index }: { path: string; index: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <DocArea path={`${path}.name`} rows={1} max={MAX.text} label={t("editor.course.step", { index: index + 1 })} />
      <button type="button" className={styles.more} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
        {t("editor.course.details")}
      </button>
      {open ? <StateDetails path={path} /> : null}
    </>
  );
});

function Plan() {
  const { t } = useTranslation();
  const { store } = useEditing();
  return (
    <ListEditor
      path={`${FLOW}.states`}
      testid="steps"
      max={MAX_STATES}
      fresh={() => newState(store.root.document.conversation.flow.states, "")}
      addLabel={t("editor.course.stepAdd")}
      empty={t("editor.course.stepsEmpty")}
      itemName={(index) => t("editor.course.step", { index: index + 1 })}
      item={(path, index) => <Step path={path} index={index} />}
    />
  );
}

/** What is wrong with the graph as a whole. */
function WholeProblem({ path }: { path: string }) {
  const problem = useProblem(path);
  return problem ? <IssueNote problem={problem} /> : null;
}

export function Course() {
  const { t } = useTranslation();
  const { store, chosen } = useEditing();
  const edit = useEdit();
  const kind = useValue<Flow["type"]>(`${FLOW}.type`);
  const [table, setTable] = useState(false);
  const [asking, setAsking] = useState(false);
  const flow = () => store.root.document.conversation.flow;
  const become = (next: (flow: Flow) => Flow) => {
    edit.change(FLOW, (root) => write(root, FLOW, next(root.document.conversation.flow)));
    chosen.set(null);
    setAsking(false);
  };
  const choose = (next: string) => {
    if (next === kind) return;
    if (next === "graph") return become(toGraph);
    const { conditions, branches, ends } = lossOfPlan(flow());
    if (conditions + branches + ends === 0) return become(toPlan);
    setAsking(true);
  };
  const loss = asking ? lossOfPlan(flow()) : null;
  return (
    <div className={styles.course} data-kind={kind}>
      <div className={styles.courseHead}>
        <SegmentedField
          id="course-kind"
          name="course-kind"
          label={t("editor.course.kind")}
          issue={undefined}
          value={kind}
          onBlur={() => undefined}
          onChange={choose}
          choices={[
            { value: "linear", label: t("editor.course.linear") },
            { value: "graph", label: t("editor.course.graph") },
          ]}
        />
        {kind === "graph" ? (
          <SegmentedField
            id="course-view"
            name="course-view"
            label={t("editor.course.view")}
            issue={undefined}
            value={table ? "table" : "drawing"}
            onBlur={() => undefined}
            onChange={(next) => setTable(next === "table")}
            choices={[
              { value: "drawing", label: t("editor.course.drawing") },
              { value: "table", label: t("editor.course.table") },
            ]}
          />
        ) : (
          <p className={styles.quiet}>{t("editor.course.linearNote")}</p>
        )}
      </div>
      {kind === "graph" ? (
        <>
          <WholeProblem path={`${FLOW}.start`} />
          <WholeProblem path={`${FLOW}.states`} />
          {table ? <StateTable /> : <GraphCanvas />}
        </>
      ) : (
        <Plan />
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        testid="ask-linear"
        title={t("editor.course.loseTitle")}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.back")}</Button>
            <Button variant="primary" onClick={() => become(toPlan)} data-testid="confirm">
              {t("editor.course.loseConfirm")}
            </Button>
          </>
        }
      >
        <p>{t("editor.course.loseText")}</p>
        {loss ? (
          <ul className={styles.bullets}>
            {loss.conditions > 0 ? <li>{t("editor.course.loseConditions", { count: loss.conditions })}</li> : null}
            {loss.branches > 0 ? <li>{t("editor.course.loseBranches", { count: loss.branches })}</li> : null}
            {loss.ends > 0 ? <li>{t("editor.course.loseEnds", { count: loss.ends })}</li> : null}
          </ul>
        ) : null}
        <p>{t("editor.course.loseUndo")}</p>
      </Dialog>
    </div>
  );
}
