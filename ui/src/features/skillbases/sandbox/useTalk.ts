//  A conversation of the sandbox. The program keeps none: every answer holds the whole conversation, so that a sentence
//  can be taken back, and the same sentences can be said to another version of the skillbase.
import { useState } from "react";

import { type IpcError, rpc, toIpcError } from "../../../api";
import type { SandboxMode } from "../../../bindings/SandboxMode";
import type { SandboxView } from "../../../bindings/SandboxView";
import { systemZone } from "../../../components/form";
import type { Editing } from "../parts/context";

/** Sentences of the person, to say them again. */
export const sentences = (view: SandboxView): string[] => view.session.lines.flatMap(({ role, content }) => (role === "user" ? [content] : []));

export function useTalk({ companyId, skillbaseId, store, talking }: Editing) {
  const [steps, setSteps] = useState<readonly SandboxView[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const show = (next: readonly SandboxView[]) => {
    setSteps(next);
    talking.set(next.at(-1)?.stateId ?? null);
  };
  const working = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (thrown) {
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const start = (mode: SandboxMode, again: readonly string[] = []) =>
    working(async () => {
      const begun = await rpc("sandbox_start", { companyId, skillbaseId, document: store.root.document, mode, timeZone: systemZone() });
      const made = [begun];
      show([...made]);
      for (const text of again) {
        const last = made.at(-1) ?? begun;
        if (last.end) break;
        // Each sentence needs the answer to the one before.
        // oxlint-disable-next-line no-await-in-loop
        made.push(await rpc("sandbox_say", { session: last.session, text }));
        show([...made]);
      }
    });
  const view = steps.at(-1) ?? null;
  return {
    view,
    busy,
    error,
    start,
    say: (text: string) => working(async () => (view ? show([...steps, await rpc("sandbox_say", { session: view.session, text })]) : undefined)),
    canTakeBack: steps.length > 1,
    takeBack: () => show(steps.slice(0, -1)),
    stop: () => {
      setError(null);
      show([]);
    },
  };
}
