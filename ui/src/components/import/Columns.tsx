import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileSpreadsheet, History } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, rpc, toIpcError, useCommand } from "../../api";
import type { ImportPreview } from "../../bindings/ImportPreview";
import { Button } from "../Button";
import { useCompany } from "../company";
import { Failure, InlineFailure } from "../Failure";
import { Banner, Loading } from "../Feedback";
import { regionChoices, SearchField, SegmentedField } from "../form";
import { useFormat } from "../useFormat";
import styles from "./Columns.module.css";
import { type Draft, useDraft } from "./context";
import { FlowBar } from "./FlowBar";
import { Layout } from "./Layout";
import { AS_GUESSED, choose, obstacleOf, rolesOf } from "./mapping";
import { PreviewTable } from "./PreviewTable";
import { Target } from "./Target";
import { useSource, useWithSource } from "./useSource";
import { fileSize } from "./words";

interface Props {
  onPick: () => void;
  onCancel: () => void;
  onChecking: (callListId: string) => void;
}

const EMPTY_SOURCE = { type: "path", path: "" } as const;

/** The newest answer that could be read: a choice that the file does not bear must not take the controls away. */
function usePreview(draft: Draft) {
  const company = useCompany();
  const source = useSource(draft);
  const asked = useQuery({
    ...query("import_preview", { companyId: company.id, source: source.data ?? EMPTY_SOURCE, choice: draft.choice }),
    enabled: source.data !== undefined,
    placeholderData: keepPreviousData,
  });
  const [last, setLast] = useState<ImportPreview | null>(null);
  if (asked.data && !asked.isPlaceholderData && asked.data !== last) setLast(asked.data);
  const retry = () => void (source.error || asked.error?.code === "not_found" ? source.refetch() : asked.refetch());
  return { preview: asked.data ?? last, error: source.error ?? asked.error, busy: source.isFetching || asked.isFetching, sending: source.isPending, retry };
}

function FileHead({ name, note, badge, onPick }: { name: string; note: string; badge?: ReactNode; onPick: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.file}>
      <FileSpreadsheet aria-hidden strokeWidth={1.5} />
      <div>
        <strong title={name} data-testid="import-file">
          {name}
        </strong>
        <span>{note}</span>
      </div>
      {badge}
      <Button size="small" onClick={onPick} data-testid="import-pick">
        {t("import.otherFile")}
      </Button>
    </div>
  );
}

/** What the file holds, how it is read, and what each column is for. */
export function Columns({ onPick, onCancel, onChecking }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { draft, change } = useDraft();
  const { preview, error, busy, sending, retry } = usePreview(draft);
  const withSource = useWithSource(draft);
  const begin = useCommand("import_check");
  const [refused, setRefused] = useState<IpcError | null>(null);
  const [checking, setChecking] = useState(false);
  const [shown, setShown] = useState("first");
  const regions = useMemo(() => regionChoices(format.language), [format.language]);
  const fileName = draft.file?.name ?? "";

  if (!preview) {
    return (
      <div className={styles.flow}>
        <FileHead name={fileName} note={t("import.formats")} onPick={onPick} />
        {error ? <Failure error={error} title={t("import.unreadable")} onRetry={retry} /> : <Loading rows={8} label={sending ? t("import.sending") : t("import.reading")} />}
        <FlowBar note={null}>
          <Button onClick={onCancel}>{t("common.cancel")}</Button>
        </FlowBar>
      </div>
    );
  }

  const roles = rolesOf(preview.columns, draft.edits);
  const obstacle = obstacleOf(preview, roles, draft.campaignId);
  const check = async () => {
    setChecking(true);
    setRefused(null);
    try {
      const view = await withSource((source) =>
        begin.mutateAsync({ companyId: company.id, campaignId: draft.campaignId, source, choice: draft.choice, roles, defaultRegion: draft.region }),
      );
      // The check before this one was about columns that have changed since.
      if (draft.callListId !== null) void rpc("import_cancel", { companyId: company.id, callListId: draft.callListId }).catch(() => undefined);
      change({ callListId: view.callListId });
      onChecking(view.callListId);
    } catch (thrown) {
      setRefused(toIpcError(thrown));
      setChecking(false);
    }
  };
  const rows = shown === "random" ? preview.randomRows : preview.firstRows;
  return (
    <div className={styles.flow} data-testid="import-columns" data-state={obstacle ?? "ready"}>
      <FileHead
        name={preview.fileName}
        note={t("import.fileNote", { size: fileSize(t, format.number, preview.fileBytes), rows: t("import.aboutRows", { count: Math.round(preview.estimatedRows) }) })}
        badge={
          preview.remembered ? (
            <span className={styles.remembered} data-testid="import-remembered">
              <History aria-hidden />
              {t("import.remembered")}
            </span>
          ) : null
        }
        onPick={onPick}
      />
      <div className={styles.controls}>
        <Target campaignId={draft.campaignId} fileName={preview.fileName} onChange={(campaignId) => change({ campaignId })} />
        <SearchField
          id="import-region"
          name="defaultRegion"
          label={t("import.region")}
          issue={undefined}
          value={draft.region ?? company.defaultRegion}
          onChange={(region) => change({ region: region === "" ? null : region })}
          onBlur={() => undefined}
          choices={regions}
        />
        <Layout preview={preview} onChange={(part) => change({ choice: choose(draft.choice, part) })} />
      </div>
      {error ? (
        <div className={styles.notice}>
          <InlineFailure error={error}>
            <Button size="small" onClick={() => change({ choice: AS_GUESSED })}>
              {t("import.asGuessed")}
            </Button>
          </InlineFailure>
        </div>
      ) : null}
      {obstacle === "noPhone" ? (
        <div className={styles.notice}>
          <Banner tone="warning" testid="import-no-phone">
            {t("import.noPhone")}
          </Banner>
        </div>
      ) : null}
      <div className={styles.tableHead}>
        <p>{t("import.columnsHelp")}</p>
        <SegmentedField
          id="import-shown"
          name="shown"
          label={t("import.shown")}
          issue={undefined}
          value={shown}
          onChange={setShown}
          onBlur={() => undefined}
          choices={[
            { value: "first", label: t("import.firstRows", { count: preview.firstRows.length }) },
            { value: "random", label: t("import.randomRows") },
          ]}
        />
      </div>
      <PreviewTable preview={preview} rows={rows} edits={draft.edits} busy={busy} onRole={(key, role) => change({ edits: { ...draft.edits, [key]: role } })} />
      <FlowBar note={refused ? <InlineFailure error={refused} /> : obstacle ? t(`import.obstacle.${obstacle}`) : null}>
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button variant="primary" busy={checking} disabled={obstacle !== null || busy || error !== null} onClick={() => void check()} data-testid="import-check">
          {t("import.check", { count: Math.round(preview.estimatedRows) })}
        </Button>
      </FlowBar>
    </div>
  );
}
