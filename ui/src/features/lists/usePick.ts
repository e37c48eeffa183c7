import { useTranslation } from "react-i18next";

import { useFailure } from "../../components/useErrorText";
import { type ImportFile, platform } from "../../platform";

/** Lets somebody choose a file; nothing happens when the dialog is closed. */
export function usePick(take: (file: ImportFile) => void): () => void {
  const { t } = useTranslation();
  const failed = useFailure();
  return () =>
    void platform()
      .pickFile()
      .then((file) => (file ? take(file) : undefined))
      .catch((thrown: unknown) => failed(t("lists.pickFailed"), thrown));
}
