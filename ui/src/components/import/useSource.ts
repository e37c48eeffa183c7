import { useQuery, useQueryClient } from "@tanstack/react-query";

import { IpcError, toIpcError } from "../../api";
import type { ImportSource } from "../../bindings/ImportSource";
import { platform } from "../../platform";
import type { Draft } from "./context";

const NO_FILE = new IpcError({ code: "not_found", message: "No file was chosen.", params: {}, fields: [], retryable: false, incident: null });

function sourceOf({ id, file }: Draft) {
  return {
    queryKey: ["import-source", id],
    queryFn: async (): Promise<ImportSource> => {
      if (!file) throw NO_FILE;
      return platform()
        .importSource(file)
        .catch((thrown: unknown) => {
          throw toIpcError(thrown);
        });
    },
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  };
}

/** The file of a draft as the host can read it: a browser sends it once. */
export function useSource(draft: Draft) {
  return useQuery<ImportSource, IpcError>({ ...sourceOf(draft), enabled: draft.file !== null });
}

/** Asks with the source, and once more with a new one when the host has let go of what was sent. */
export function useWithSource(draft: Draft) {
  const client = useQueryClient();
  return async <Answer>(ask: (source: ImportSource) => Promise<Answer>): Promise<Answer> => {
    const wanted = sourceOf(draft);
    try {
      return await ask(await client.fetchQuery(wanted));
    } catch (thrown) {
      const uploaded = draft.file !== null && "file" in draft.file;
      if (!uploaded || toIpcError(thrown).code !== "not_found") throw thrown;
      return ask(await client.fetchQuery({ ...wanted, staleTime: 0 }));
    }
  };
}
