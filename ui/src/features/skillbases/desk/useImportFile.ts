import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../../api";
import type { SkillbaseImported } from "../../../bindings/SkillbaseImported";
import { useFailure } from "../../../components/useErrorText";
import { platform } from "../../../platform";

/** Asks for a skillbase file and has it read; nothing is stored by that. */
export function useImportFile() {
  const { t } = useTranslation();
  const failed = useFailure();
  const [read, setRead] = useState<{ imported: SkillbaseImported; fileName: string } | null>(null);
  const pick = async () => {
    try {
      const file = await platform().pickFile("skillbase");
      if (!file) return;
      const source = await platform().importSource(file);
      setRead({ imported: await rpc("skillbase_import_file", { type: "file", source }), fileName: file.name });
    } catch (thrown) {
      failed(t("editor.import.failed"), thrown);
    }
  };
  return { read, pick, close: () => setRead(null) };
}
