import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileUp, HardDrive, Plus, Sparkles } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { SwitchField } from "../../components/form";
import { Page } from "../../components/Page";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { platform } from "../../platform";
import { ImportReport } from "./desk/ImportReport";
import { useImportFile } from "./desk/useImportFile";
import { type DraftFile, readDraft, writeDraft } from "./drafts/file";
import { newDraftId } from "./drafts/newId";
import { newDocument } from "./model/fresh";
import styles from "./Skillbases.module.css";

interface LocalDraft {
  id: string;
  file: DraftFile;
}

/** Drafts that this computer keeps for the company, newest first. */
function useLocalDrafts(companyId: string): readonly LocalDraft[] {
  const [drafts, setDrafts] = useState<readonly LocalDraft[]>([]);
  useEffect(() => {
    let gone = false;
    const look = async () => {
      const store = platform().drafts;
      const ids = await store.list();
      const read = await Promise.all(ids.map(async (id) => ({ id, file: readDraft(await store.get(id).catch(() => null)) })));
      const mine = read.filter((draft): draft is LocalDraft => draft.file !== null && draft.file.companyId === companyId);
      if (!gone) setDrafts(mine.toSorted((a, b) => b.file.savedAt.localeCompare(a.file.savedAt)));
    };
    // A store that cannot be read has no drafts to show; the editor says so when it cannot keep one.
    look().catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [companyId]);
  return drafts;
}

export function Skillbases() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const navigate = useNavigate();
  const failed = useFailure();
  const [archived, setArchived] = useState(false);
  const { data, error, refetch } = useQuery(query("skillbase_list", { companyId: company.id, archived }));
  const drafts = useLocalDrafts(company.id);
  const { read, pick, close } = useImportFile();
  const mine = new Map(drafts.map((draft) => [draft.id, draft.file]));
  const fresh = drafts.filter(({ file }) => file.skillbaseId === null);

  const create = (
    <Button variant="primary" icon={<Plus />} onClick={() => void navigate({ to: "/skillbases/new", search: { draft: newDraftId() } })} data-testid="new-skillbase">
      {t("skillbases.new")}
    </Button>
  );
  const take = async () => {
    if (!read) return;
    const { imported, fileName } = read;
    const id = newDraftId();
    const names = { callback: t("outcome.callback"), notTarget: t("editor.fresh.notTarget"), lead: t("editor.fresh.lead"), infoOnly: t("editor.fresh.infoOnly") };
    const base = { name: "", description: "", document: newDocument(imported.document.identity.language, names) };
    const mine = { name: imported.name === "" ? fileName.replace(/\.[^.]+$/, "") : imported.name, description: imported.description, document: imported.document };
    try {
      await platform().drafts.put(id, writeDraft({ format: 1, companyId: company.id, skillbaseId: null, baseVersion: 0, base, mine, hostRevision: null, savedAt: new Date().toISOString() }));
      close();
      void navigate({ to: "/skillbases/new", search: { draft: id } });
    } catch (thrown) {
      failed(t("editor.import.failed"), thrown);
    }
  };
  return (
    <Page
      title={t("rail.skillbases")}
      note={t("skillbases.note")}
      testid="page-skillbases"
      state={data ? "ready" : "loading"}
      actions={
        <>
          <SwitchField id="archived" name="archived" label={t("skillbases.showArchived")} value={archived} onChange={setArchived} />
          <Button icon={<FileUp />} onClick={() => void pick()} data-testid="import-skillbase">
            {t("editor.menu.import")}
          </Button>
          {create}
        </>
      }
    >
      {fresh.length > 0 ? (
        <section className={styles.drafts} aria-label={t("skillbases.drafts")}>
          <h2>{t("skillbases.drafts")}</h2>
          <ul>
            {fresh.map(({ id, file }) => (
              <li key={id}>
                <Link to="/skillbases/new" search={{ draft: id }} data-testid="local-draft">
                  <HardDrive aria-hidden />
                  <strong>{file.mine.name.trim() === "" ? t("skillbase.newTitle") : file.mine.name}</strong>
                  <span>{t("skillbases.keptAt", { at: format.moment(file.savedAt) })}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data || error ? null : <Loading />}
      {data?.items.length === 0 ? <Empty icon={Sparkles} title={t("skillbases.empty")} text={t("skillbases.emptyText")} action={create} /> : null}
      <ul className={styles.cards}>
        {(data?.items ?? []).map((skillbase) => {
          const draft = mine.get(skillbase.id);
          return (
            <li key={skillbase.id}>
              <Link to="/skillbases/$skillbaseId" params={{ skillbaseId: skillbase.id }} className={styles.card} data-testid="skillbase-card" data-state={skillbase.archived ? "archived" : "open"}>
                <span className={styles.cardHead}>
                  <strong title={skillbase.name}>{skillbase.name}</strong>
                  <small>{skillbase.version === 0 ? t("skillbases.unpublished") : t("skillbase.version", { version: skillbase.version })}</small>
                </span>
                <span className={styles.greeting}>{skillbase.greeting === "" ? t("skillbase.noGreeting") : t("skillbase.quote", { text: skillbase.greeting })}</span>
                {draft || skillbase.draftSavedAt ? (
                  <span className={styles.draftMark} data-testid="draft-mark">
                    <HardDrive aria-hidden />
                    {draft ? t("skillbases.localDraft", { at: format.moment(draft.savedAt) }) : t("skillbases.storedDraft", { at: format.moment(skillbase.draftSavedAt ?? "") })}
                  </span>
                ) : null}
                <span className={styles.cardFoot}>
                  <span>{t(`editor.language.${skillbase.language}`)}</span>
                  <span>{skillbase.campaignCount === 0 ? t("skillbase.unused") : t("skillbase.usedIn", { count: skillbase.campaignCount })}</span>
                  <span>{skillbase.archived ? t("skillbase.archived") : format.moment(skillbase.updatedAt)}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      {read ? <ImportReport read={read.imported} fileName={read.fileName} into={false} onClose={close} onTake={() => void take()} /> : null}
    </Page>
  );
}
