//  What every field of the editor works with. The stores stay the same for as long as a skillbase is open; a field
//  subscribes to its own place in them.
import { createContext, useContext, useMemo, useSyncExternalStore } from "react";

import type { SkillbaseText } from "../model/check";
import { read } from "../model/path";
import type { Problem, ProblemBoard } from "../model/problems";
import type { Signal } from "../model/signal";
import type { EditorStore } from "../model/store";

export interface Editing {
  companyId: string;
  /** None for one that is not published yet. */
  skillbaseId: string | null;
  store: EditorStore<SkillbaseText>;
  problems: ProblemBoard;
  /** Id of the state that is looked at. */
  chosen: Signal<string | null>;
  /** Id of the state that the talk of the sandbox is in. */
  talking: Signal<string | null>;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error("There is nothing to edit here.");
  return editing;
}

/** The value at a place; only its change draws the field again. */
export function useValue<T>(path: string): T {
  const { store } = useEditing();
  return useSyncExternalStore(store.subscribe, () => read(store.root, path) as T);
}

export function useProblem(path: string): Problem | undefined {
  const { problems } = useEditing();
  return useSyncExternalStore(problems.subscribe, () => problems.at(path));
}

export function useProblems(): readonly Problem[] {
  const { problems } = useEditing();
  return useSyncExternalStore(problems.subscribe, problems.all);
}

interface Edit {
  type: (path: string, value: unknown) => void;
  change: (path: string, edit: (root: SkillbaseText) => SkillbaseText) => void;
}

export function useEdit(): Edit {
  const { store, problems } = useEditing();
  return useMemo(
    () => ({
      type: (path, value) => {
        store.type(path, value, performance.now());
        problems.touch(path);
      },
      change: (path, edit) => {
        store.change(path, edit);
        problems.touch(path);
      },
    }),
    [store, problems],
  );
}
