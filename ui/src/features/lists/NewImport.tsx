import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Columns } from "../../components/import/Columns";
import { useDraft, useImport, useImportTarget } from "../../components/import/context";
import { Stepper } from "../../components/import/Stepper";
import { Page } from "../../components/Page";
import { DropZone } from "./DropZone";
import styles from "./Lists.module.css";
import { Templates } from "./Templates";
import { usePick } from "./usePick";

/** The first step of an import: a file, how it is read, what its columns are for. */
export function NewImport() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const importer = useImport();
  const { draft, forget } = useDraft();
  // Another file is for the campaign that was chosen for this one.
  useImportTarget(draft.campaignId === "" ? null : draft.campaignId);
  const pick = usePick((file) => importer?.open({ file }));
  return (
    <Page title={t("import.title")} scroll={false} testid="page-import" state={draft.file ? "columns" : "file"} tabs={<Stepper at={0} />}>
      {draft.file ? (
        <Columns
          key={draft.id}
          onPick={pick}
          onCancel={() => {
            forget();
            void navigate({ to: "/lists" });
          }}
          onChecking={(callListId) => void navigate({ to: "/lists/imports/$callListId", params: { callListId } })}
        />
      ) : (
        <div className={styles.start}>
          <DropZone large onPick={pick} />
          <Templates />
        </div>
      )}
    </Page>
  );
}
