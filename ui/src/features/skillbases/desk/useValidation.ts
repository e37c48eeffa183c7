import { useEffect } from "react";

import { rpc } from "../../../api";
import type { Session } from "../drafts/session";

const PAUSE_MS = 250;

/** Has the host judge what is edited when the person pauses. While the host is away its last word stands. */
export function useValidation(session: Session): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let judged: unknown = null;
    const judge = () => {
      const { root } = session.store;
      if (root.document === judged) return;
      judged = root.document;
      rpc("skillbase_validate", { document: root.document }).then(
        ({ problems }) => (gone ? undefined : session.problems.host(root, problems.map((problem) => ({ ...problem, path: problem.path === "" ? "document" : `document.${problem.path}` })))),
        () => {
          judged = null;
        },
      );
    };
    const plan = () => {
      clearTimeout(timer);
      timer = setTimeout(judge, PAUSE_MS);
    };
    judge();
    const stop = session.store.subscribe(plan);
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, [session]);
}
