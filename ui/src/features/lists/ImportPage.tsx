import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { FileX2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { toIpcError, useCommand } from "../../api";
import type { ImportPhase } from "../../bindings/ImportPhase";
import type { ImportView } from "../../bindings/ImportView";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { useDraft, useImport } from "../../components/import/context";
import { takenRows, undoOf } from "../../components/import/counting";
import { FlowBar } from "../../components/import/FlowBar";
import { PhaseBadge } from "../../components/import/PhaseBadge";
import { Result } from "../../components/import/Result";
import { SaveRejects } from "../../components/import/SaveRejects";
import { Stepper } from "../../components/import/Stepper";
import { UndoDialog } from "../../components/import/UndoDialog";
import { useImportView } from "../../components/import/useImportView";
import { Working } from "../../components/import/Working";
import { Page } from "../../components/Page";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { usePick } from "./usePick";

/** What was given up or taken back is on no step any more. */
const STEP: Partial<Record<ImportPhase, 1 | 2 | 3>> = { checking: 1, checked: 1, committing: 2, committed: 3, failed: 1 };

/** What can be done with an import as it is now. */
function Actions({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const failed = useFailure();
  const { draft, forget } = useDraft();
  const cancel = useCommand("import_cancel");
  const commit = useCommand("import_commit", { onError: (error) => failed(t("import.commitFailed"), error) });
  const [undoing, setUndoing] = useState(false);
  const request = { companyId: company.id, callListId: view.callListId };
  const mine = draft.callListId === view.callListId;
  const giveUp = () =>
    cancel.mutate(request, {
      onSuccess: () => {
        if (mine) forget();
        toast(t("import.cancelled"));
        void navigate({ to: "/lists" });
      },
      onError: (error) => failed(t("import.cancelFailed"), error),
    });
  const stop = (
    <Button busy={cancel.isPending} onClick={giveUp} data-testid="import-cancel">
      {t("import.cancel")}
    </Button>
  );
  if (view.phase === "checking") return <FlowBar note={null}>{stop}</FlowBar>;
  if (view.phase === "checked") {
    const count = takenRows(view.counts);
    return (
      <FlowBar note={count === 0 ? t("import.nothingToAdd") : null}>
        {stop}
        {mine && draft.file ? (
          <Button onClick={() => void navigate({ to: "/lists/import" })} data-testid="import-back">
            {t("import.back")}
          </Button>
        ) : null}
        <Button variant="primary" busy={commit.isPending} disabled={count === 0} onClick={() => commit.mutate(request)} data-testid="import-commit">
          {t("import.commit", { count })}
        </Button>
      </FlowBar>
    );
  }
  if (view.phase !== "committed") return null;
  return (
    <FlowBar
      note={
        undoOf(view) === "none" ? null : (
          <Button variant="ghost" icon={<Undo2 />} onClick={() => setUndoing(true)} data-testid="import-undo-button">
            {undoOf(view) === "all" ? t("import.undo.button") : t("import.undo.buttonUncalled", { count: view.uncalled })}
          </Button>
        )
      }
    >
      <SaveRejects view={view} />
      <Button variant="primary" onClick={() => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: view.campaignId } })} data-testid="import-open-campaign">
        {t("import.openCampaign")}
      </Button>
      {undoing ? <UndoDialog view={view} onClose={() => setUndoing(false)} /> : null}
    </FlowBar>
  );
}

function Content({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const importer = useImport();
  const again = usePick((file) => importer?.open({ file, campaignId: view.campaignId }));
  const button = <Button onClick={again}>{t("import.otherFile")}</Button>;
  if (view.phase === "checking" || view.phase === "committing") return <Working view={view} />;
  if (view.phase === "checked" || view.phase === "committed") return <Result view={view} />;
  if (view.phase === "failed" && view.error) return <Failure error={toIpcError(view.error)} title={t("import.failedTitle")} action={button} />;
  return <Empty icon={view.phase === "undone" ? Undo2 : FileX2} title={t(`importPhase.${view.phase}`)} text={t(`import.ended.${view.phase}`)} action={button} />;
}

/** An import from its check on, under an address of its own: it can be left and found again. */
export function ImportPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { callListId } = useParams({ from: "/lists/imports/$callListId" });
  const { data, error, refetch } = useImportView(callListId);
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Page title={t("import.title")} testid="page-import" state="loading">
        <Loading />
      </Page>
    );
  }
  const step = STEP[data.phase];
  return (
    <Page
      title={<span title={data.fileName}>{data.fileName}</span>}
      badges={<PhaseBadge phase={data.phase} />}
      note={
        <>
          {t("import.into")}{" "}
          <Link to="/campaigns/$campaignId" params={{ campaignId: data.campaignId }}>
            {data.campaignName}
          </Link>
          {" · "}
          {format.dateTime(data.createdAt)}
        </>
      }
      scroll={false}
      testid="page-import"
      state={data.phase}
      tabs={step ? <Stepper at={step} /> : null}
    >
      <Content key={data.phase} view={data} />
      <Actions view={data} />
    </Page>
  );
}
