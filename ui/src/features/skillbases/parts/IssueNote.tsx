import { CircleAlert, TriangleAlert } from "lucide-react";

import { IssueText } from "../../../components/form";
import type { Problem } from "../model/problems";
import styles from "./Parts.module.css";

/** What is wrong with a place that is no single field: a list, a graph, a tool. */
export function IssueNote({ problem }: { problem: Problem }) {
  const Icon = problem.severity === "warning" ? TriangleAlert : CircleAlert;
  return (
    <p className={styles.issue} data-severity={problem.severity} data-testid={`error-${problem.path}`} data-code={problem.code}>
      <Icon aria-hidden />
      <span>
        <IssueText issue={problem} />
      </span>
    </p>
  );
}
