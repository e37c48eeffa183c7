import { X } from "lucide-react";
import { type KeyboardEvent, memo, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Field } from "../../../components/form/Field";
import { read, write } from "../model/path";
import { useEdit, useEditing, useProblem, useProblems, useValue } from "./context";
import styles from "./Parts.module.css";

/** The first thing that is wrong with one of the words, said at the field of all of them. */
function useInnerProblem(path: string) {
  const own = useProblem(path);
  const inner = useProblems().find((problem) => problem.path.startsWith(`${path}.`));
  return own ?? inner;
}

/** Short words and phrases: Enter or a comma ends one, Backspace in the empty field takes the last one away. */
export const WordsField = memo(function WordsField({ path, label, help, max = 100 }: { path: string; label: string; help?: string; max?: number }) {
  const { t } = useTranslation();
  const id = useId();
  const { store, problems } = useEditing();
  const words = useValue<readonly string[]>(path);
  const issue = useInnerProblem(path);
  const edit = useEdit();
  const [typed, setTyped] = useState("");
  const put = (next: readonly string[]) => edit.change(path, (root) => write(root, path, next));
  const take = (text: string) => {
    const fresh = text.split(/[,;\n]/).map((word) => word.trim()).filter((word) => word !== "");
    if (fresh.length > 0) put([...new Set([...(read(store.root, path) as string[]), ...fresh])]);
    setTyped("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      event.preventDefault();
      take(typed);
    } else if (event.code === "Backspace" && typed === "" && words.length > 0) put(words.slice(0, -1));
  };
  return (
    <Field id={id} name={path} label={label} help={help} issue={issue}>
      <div className={styles.words} data-invalid={issue ? "" : undefined}>
        {words.map((word, index) => (
          <span key={`${word}${String(index)}`} className={styles.word}>
            <span title={word}>{word}</span>
            <button type="button" aria-label={t("editor.words.remove", { word })} onClick={() => put(words.toSpliced(index, 1))}>
              <X aria-hidden />
            </button>
          </span>
        ))}
        <input
          id={id}
          value={typed}
          maxLength={max}
          autoComplete="off"
          data-testid={`field-${path}`}
          placeholder={words.length === 0 ? t("editor.words.placeholder") : ""}
          onChange={(event) => (/[,;]/.test(event.target.value) ? take(event.target.value) : setTyped(event.target.value))}
          onKeyDown={onKeyDown}
          onBlur={() => {
            take(typed);
            problems.touch(path);
          }}
        />
      </div>
    </Field>
  );
});
