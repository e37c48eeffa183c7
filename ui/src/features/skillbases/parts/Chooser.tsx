import { memo } from "react";

import { type Choice, SearchField } from "../../../components/form";
import { write } from "../model/path";
import { useEdit, useEditing, useProblem, useValue } from "./context";
import styles from "./Parts.module.css";

/** A choice whose label is for screen readers: what stands beside it says the same. */
export const Chooser = memo(function Chooser({ path, label, choices }: { path: string; label: string; choices: readonly Choice[] }) {
  const { problems } = useEditing();
  const value = useValue<string>(path);
  const issue = useProblem(path);
  const edit = useEdit();
  return (
    <div className={styles.bare}>
      <SearchField id={`editor-${path}`} name={path} label={label} issue={issue} value={value} choices={choices} onBlur={() => problems.touch(path)} onChange={(next) => (next === "" ? undefined : edit.change(path, (root) => write(root, path, next)))} />
    </div>
  );
});
