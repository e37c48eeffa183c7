import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { memo, useId } from "react";
import { useTranslation } from "react-i18next";

import type { CollectField } from "../model/document";
import { write } from "../model/path";
import { useEdit, useProblem, useValue } from "./context";
import { IssueNote } from "./IssueNote";
import styles from "./Parts.module.css";

/** Which of the conversation's fields a place is about. */
export const CollectChips = memo(function CollectChips({ path, label }: { path: string; label?: string }) {
  const { t } = useTranslation();
  const id = useId();
  const fields = useValue<readonly CollectField[]>("document.conversation.fields");
  const chosen = useValue<readonly string[]>(path);
  const problem = useProblem(path);
  const edit = useEdit();
  const known = [...new Set([...fields.map((field) => field.id), ...chosen])].filter((field) => field !== "");
  return (
    <div data-field={path}>
      <span className={styles.label} id={id}>
        {label ?? t("editor.state.collect")}
      </span>
      {known.length === 0 ? (
        <p className={styles.quiet}>{t("editor.state.noFields")}</p>
      ) : (
        <ToggleGroup multiple value={chosen} onValueChange={(next) => edit.change(path, (root) => write(root, path, next))} className={styles.chips} aria-labelledby={id}>
          {known.map((field) => (
            <Toggle key={field} value={field} className={styles.chip} data-testid={`collect-${field}`}>
              {field}
            </Toggle>
          ))}
        </ToggleGroup>
      )}
      {problem ? <IssueNote problem={problem} /> : null}
    </div>
  );
});
