import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { SavedFile } from "../bindings/SavedFile";
import { platform } from "../platform";
import { toast } from "./toasts";
import { useFailure } from "./useErrorText";

/** Asks the host for a file and sees that it gets to the person, whoever writes it. Says where it is, or why it is not. */
export function useSaveFile(): (ask: () => Promise<SavedFile>) => Promise<void> {
  const { t } = useTranslation();
  const failed = useFailure();
  return useCallback(
    async (ask) => {
      try {
        const saved = await ask();
        platform().saveContent(saved);
        if (saved.path !== null) toast(t("savedFile.saved", { path: saved.path }));
      } catch (thrown) {
        failed(t("savedFile.failed"), thrown);
      }
    },
    [t, failed],
  );
}
