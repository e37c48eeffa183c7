import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../api";
import type { ContactSelection } from "../../bindings/ContactSelection";
import type { FileFormat } from "../../bindings/FileFormat";
import type { SavedFile } from "../../bindings/SavedFile";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Menu } from "../../components/Menu";
import { useFormat } from "../../components/useFormat";
import { useSaveFile } from "../../components/useSaveFile";

const FORMATS: readonly FileFormat[] = ["xlsx", "csv"];

/** The same as two kinds of file. */
export function SaveMenu({ ask, small = false }: { ask: (format: FileFormat) => Promise<SavedFile>; small?: boolean }) {
  const { t } = useTranslation();
  const save = useSaveFile();
  const [busy, setBusy] = useState(false);
  const run = async (format: FileFormat) => {
    setBusy(true);
    await save(() => ask(format));
    setBusy(false);
  };
  return (
    <Menu
      label={t("contacts.export")}
      trigger={
        <Button icon={<Download />} busy={busy} size={small ? "small" : "normal"} data-testid="export">
          {t("contacts.export")}
        </Button>
      }
      items={FORMATS.map((format) => ({ id: `export-${format}`, label: t(`contacts.exportAs.${format}`), run: () => void run(format) }))}
    />
  );
}

export function ExportMenu({ selection, small = false }: { selection: ContactSelection; small?: boolean }) {
  const { language } = useFormat();
  const company = useCompany();
  return <SaveMenu small={small} ask={(format) => rpc("contact_export", { companyId: company.id, selection, format, language })} />;
}
