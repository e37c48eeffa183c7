import { useQuery, useQueryClient } from "@tanstack/react-query";
import { History, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../../api";
import type { SkillbaseVersionView } from "../../../bindings/SkillbaseVersionView";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Failure } from "../../../components/Failure";
import { Empty, Loading } from "../../../components/Feedback";
import { SelectField } from "../../../components/form";
import { toast } from "../../../components/toasts";
import { useFailure } from "../../../components/useErrorText";
import { useFormat } from "../../../components/useFormat";
import type { Session } from "../drafts/session";
import { differences } from "../model/compare";
import type { SkillbaseDocument } from "../model/document";
import { useSignal } from "../model/signal";
import { useValue } from "../parts/context";
import { Changes } from "./Changes";
import styles from "./Versions.module.css";

const DRAFT = "draft";

function useDocument(session: Session, version: string): { document: SkillbaseDocument | undefined; failed: boolean } {
  const draft = useValue<SkillbaseDocument>("document");
  const { data, error } = useQuery({ ...query("skillbase_version_get", { companyId: session.companyId, skillbaseId: session.skillbaseId ?? "", version: Number(version) }), enabled: version !== DRAFT && version !== "0" });
  return { document: version === DRAFT ? draft : data?.document, failed: error !== null && data === undefined };
}

function Compare({ session, before, after }: { session: Session; before: string; after: string }) {
  const { t } = useTranslation();
  const old = useDocument(session, before);
  const now = useDocument(session, after);
  if (old.failed || now.failed) return <p className={styles.none}>{t("editor.versions.unread")}</p>;
  if (before === "0") return <p className={styles.none}>{t("editor.versions.first")}</p>;
  if (!old.document || !now.document) return <Loading rows={4} />;
  const root = { ...session.store.root, document: now.document };
  return <Changes items={differences({ document: old.document }, { document: now.document })} root={root} none={t("editor.versions.noChanges")} />;
}

export function Versions({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const failed = useFailure();
  const dirty = useSignal(session.dirty);
  const request = { companyId: session.companyId, skillbaseId: session.skillbaseId ?? "" };
  const { data, error, refetch } = useQuery(query("skillbase_versions", request));
  const [after, setAfter] = useState<string | null>(null);
  const [before, setBefore] = useState<string | null>(null);
  const [restoring, setRestoring] = useState<SkillbaseVersionView | null>(null);
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const newest = data.items[0];
  if (!newest) return <Empty icon={History} title={t("editor.versions.empty")} text={t("editor.versions.emptyText")} />;
  const shown = after ?? (dirty ? DRAFT : String(newest.version));
  const against = before ?? (shown === DRAFT ? String(newest.version) : String(Number(shown) - 1));
  const name = (value: string) => (value === DRAFT ? t("editor.versions.draft") : t("skillbase.version", { version: value }));
  const restore = async ({ version }: SkillbaseVersionView) => {
    try {
      const answer = await send(client, "skillbase_restore", { ...request, version, baseVersion: newest.version });
      if (answer.type === "conflict") return failed(t("editor.versions.restoreFailed"), new Error(t("editor.versions.newer")));
      if (answer.skillbase.document) session.settle({ version: answer.skillbase.summary.version, text: { ...session.store.root, document: answer.skillbase.document } }, { ...session.store.root, document: answer.skillbase.document }, null);
      toast(t("editor.versions.restored", { version, now: answer.skillbase.summary.version }));
      onClose();
    } catch (thrown) {
      failed(t("editor.versions.restoreFailed"), thrown);
    } finally {
      setRestoring(null);
    }
  };
  const select = (value: string) => {
    setAfter(value);
    setBefore(null);
  };
  return (
    <div className={styles.versions} data-testid="versions">
      <ol className={styles.versionList} aria-label={t("editor.versions.title")}>
        {dirty ? (
          <li>
            <button type="button" aria-pressed={shown === DRAFT} onClick={() => select(DRAFT)} data-testid="version" data-version={DRAFT}>
              <strong>{t("editor.versions.draft")}</strong>
              <small>{t("editor.versions.draftNote")}</small>
            </button>
          </li>
        ) : null}
        {data.items.map((version) => (
          <li key={version.version}>
            <button type="button" aria-pressed={shown === String(version.version)} onClick={() => select(String(version.version))} data-testid="version" data-version={version.version}>
              <strong>{t("skillbase.version", { version: version.version })}</strong>
              <span>{format.moment(version.publishedAt)}</span>
              {version.note === "" ? null : <p>{version.note}</p>}
              {version.restoredFrom === null ? null : <small>{t("editor.versions.from", { version: version.restoredFrom })}</small>}
              <small>
                {t("editor.versions.used", { count: version.campaignCount })}
                {" · "}
                {t("count.calls", { count: version.callCount })}
              </small>
            </button>
          </li>
        ))}
      </ol>
      <section className={styles.diff} aria-label={t("editor.versions.changes")}>
        <header>
          <div className={styles.against}>
            <h2>{name(shown)}</h2>
            <SelectField
              id="against"
              name="against"
              label={t("editor.versions.against")}
              issue={undefined}
              value={against}
              onBlur={() => undefined}
              onChange={setBefore}
              choices={[...(dirty ? [DRAFT] : []), ...data.items.map(({ version }) => String(version))].filter((value) => value !== shown).map((value) => ({ value, label: name(value) }))}
              placeholder={t("editor.versions.nothing")}
            />
          </div>
          {shown !== DRAFT && shown !== String(newest.version) ? (
            <Button icon={<RotateCcw />} onClick={() => setRestoring(data.items.find(({ version }) => String(version) === shown) ?? null)} data-testid="restore">
              {t("editor.versions.restore")}
            </Button>
          ) : null}
        </header>
        <div className={styles.diffBody}>
          <Compare session={session} before={against} after={shown} />
        </div>
        {shown === DRAFT ? null : (
          <footer>
            {t("editor.versions.hash")} <code>{data.items.find(({ version }) => String(version) === shown)?.hash.slice(0, 16)}</code>
          </footer>
        )}
      </section>
      <Dialog
        open={restoring !== null}
        onClose={() => setRestoring(null)}
        size="small"
        testid="ask-restore"
        title={t("editor.versions.restoreTitle", { version: restoring?.version })}
        actions={
          <>
            <Button onClick={() => setRestoring(null)}>{t("common.back")}</Button>
            <Button variant="primary" onClick={() => restoring && void restore(restoring)} data-testid="confirm">
              {t("editor.versions.restoreConfirm", { version: newest.version + 1 })}
            </Button>
          </>
        }
      >
        <p>{t("editor.versions.restoreEffect", { version: restoring?.version, next: newest.version + 1 })}</p>
        {dirty ? <p>{t("editor.versions.restoreDirty")}</p> : null}
      </Dialog>
    </div>
  );
}
