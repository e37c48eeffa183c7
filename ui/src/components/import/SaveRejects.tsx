import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../api";
import type { ImportView } from "../../bindings/ImportView";
import { Button, IconButton } from "../Button";
import { useCompany } from "../company";
import { useFormat } from "../useFormat";
import { useSaveFile } from "../useSaveFile";
import { leftRows } from "./counting";

/** The rows that were left out, as a file to correct and bring again. */
export function SaveRejects({ view, small = false }: { view: ImportView; small?: boolean }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const company = useCompany();
  const saveFile = useSaveFile();
  const [busy, setBusy] = useState(false);
  const count = leftRows(view.counts);
  if (view.phase !== "committed" || count === 0) return null;
  const save = async () => {
    setBusy(true);
    await saveFile(() => rpc("import_rejects_save", { companyId: company.id, callListId: view.callListId, language }));
    setBusy(false);
  };
  const words = t("import.saveRejects", { count });
  return small ? (
    <IconButton label={words} icon={<Download />} size="small" busy={busy} onClick={() => void save()} data-testid="import-rejects" />
  ) : (
    <Button icon={<Download />} busy={busy} onClick={() => void save()} data-testid="import-rejects">
      {words}
    </Button>
  );
}
