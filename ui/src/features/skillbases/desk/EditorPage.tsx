import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Redo2, Undo2 } from "lucide-react";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, send, toIpcError } from "../../../api";
import type { SkillbasePublished } from "../../../bindings/SkillbasePublished";
import type { SkillbaseView } from "../../../bindings/SkillbaseView";
import { Button, IconButton } from "../../../components/Button";
import { Banner } from "../../../components/Feedback";
import { Page } from "../../../components/Page";
import { toast } from "../../../components/toasts";
import { useFailure } from "../../../components/useErrorText";
import { useFormat } from "../../../components/useFormat";
import { platform } from "../../../platform";
import type { Session } from "../drafts/session";
import type { SkillbaseText } from "../model/check";
import { same } from "../model/path";
import { isTab, type EditorTab } from "../model/places";
import { useSignal } from "../model/signal";
import { EditingContext } from "../parts/context";
import { Cases } from "../sandbox/Cases";
import { Merge } from "../versions/Merge";
import { Versions } from "../versions/Versions";
import styles from "./Desk.module.css";
import { EditorDesk } from "./EditorDesk";
import { focusField } from "./jump";
import { PublishDialog } from "./PublishDialog";
import { SafetyBadge } from "./SafetyBadge";
import { SkillbaseMenu } from "./SkillbaseMenu";
import { TestCall } from "./TestCall";
import { useValidation } from "./useValidation";

/** What somebody else did meanwhile, and what this draft is compared with. */
interface Others {
  text: SkillbaseText;
  version: number;
  at: string | null;
  /** A stored draft, not a version. */
  draft: boolean;
}

function useHistory(session: Session) {
  const { store } = session;
  return {
    canUndo: useSyncExternalStore(store.subscribe, () => store.canUndo),
    canRedo: useSyncExternalStore(store.subscribe, () => store.canRedo),
  };
}

function useName(session: Session): string {
  return useSyncExternalStore(session.store.subscribe, () => session.store.root.name);
}

/** Its name or description changed, and nothing that a version holds. */
function onlyNamesOf({ store, base }: Session): boolean {
  const { version, text } = base.get();
  return version > 0 && store.root !== text && same(store.root.document, text.document);
}

/** The database was away and is back, or a draft of this computer was opened: time to say that it can be published. */
function useOffer(session: Session, ready: boolean): [boolean, () => void] {
  const [offered, setOffered] = useState(session.opened.recovered !== null);
  const before = useRef(ready);
  useEffect(() => {
    if (ready && !before.current) {
      session.retry();
      setOffered(true);
    }
    before.current = ready;
  }, [ready, session]);
  return [offered, () => setOffered(false)];
}

export function EditorPage({ session, view }: { session: Session; view: SkillbaseView | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const failed = useFailure();
  const search = useSearch({ strict: false });
  const { data: app } = useQuery(query("app_info", {}));
  const ready = app === undefined || app.database.state === "ready";
  const tab = isTab(search.tab) ? search.tab : "identity";
  const shown = search.view ?? "editor";
  const name = useName(session);
  const history = useHistory(session);
  const base = useSignal(session.base);
  const dirty = useSignal(session.dirty);
  const onlyNames = useSyncExternalStore(session.store.subscribe, () => onlyNamesOf(session)) && dirty;
  const otherDraft = useSignal(session.other);
  const [problemsOpen, setProblemsOpen] = useState(false);
  const [dialog, setDialog] = useState<"publish" | "testCall" | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const [offered, endOffer] = useOffer(session, ready);
  useValidation(session);

  useEffect(() => {
    const flush = () => void session.flush();
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
      session.close();
    };
  }, [session]);

  const go = useCallback(
    (change: { tab?: EditorTab; view?: string | undefined }) => {
      const next = { ...(session.skillbaseId === null ? { draft: session.opened.draftId } : {}), tab: change.tab ?? tab, ...("view" in change ? (change.view === undefined ? {} : { view: change.view }) : shown === "editor" ? {} : { view: shown }) };
      if (session.skillbaseId === null) void navigate({ to: "/skillbases/new", search: next, replace: change.view === undefined });
      else void navigate({ to: "/skillbases/$skillbaseId", params: { skillbaseId: session.skillbaseId }, search: next, replace: change.view === undefined });
    },
    [navigate, session, tab, shown],
  );
  const onTab = useCallback((next: EditorTab) => go({ tab: next }), [go]);
  const onCases = useCallback(() => go({ view: "cases" }), [go]);
  const back = () => go({ view: undefined });

  // Nothing was typed here, so what others published is simply what is shown.
  const newest = view && view.summary.version > base.version && view.document ? view : null;
  useEffect(() => {
    if (!newest?.document || dirty || busy) return;
    session.adopt({ version: newest.summary.version, text: { name: newest.summary.name, description: newest.summary.description, document: newest.document } });
    if (base.version > 0) toast(t("editor.outdated.adopted", { version: newest.summary.version }));
  }, [newest, dirty, busy, session, base.version, t]);

  const [published, setPublished] = useState<Others | null>(null);
  const theirs: Others | null =
    published ??
    (newest?.document ? { text: { name: newest.summary.name, description: newest.summary.description, document: newest.document }, version: newest.summary.version, at: newest.summary.publishedAt, draft: false } : null) ??
    (otherDraft ? { text: { ...base.text, document: otherDraft.document }, version: otherDraft.baseVersion, at: otherDraft.savedAt, draft: true } : null);

  const openPublish = () => {
    session.problems.showAll();
    const first = session.problems.all().find(({ severity }) => severity === "error");
    if (first) {
      setProblemsOpen(true);
      // The first of them, from which Enter goes to its field.
      requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-testid=problem]")?.focus()));
      return;
    }
    setError(null);
    if (onlyNamesOf(session) && session.skillbaseId !== null) void saveNames(session.skillbaseId);
    else setDialog("publish");
  };

  /** A name that another skillbase has is said at the name. */
  const refusedName = (fault: IpcError): boolean => {
    const taken = fault.fields.find(({ field }) => field === "name");
    if (!taken) return false;
    session.problems.host(session.store.root, [{ path: "name", code: taken.code, params: taken.params, severity: "error" }]);
    setDialog(null);
    onTab("identity");
    requestAnimationFrame(() => requestAnimationFrame(() => focusField("name")));
    return true;
  };

  /** Names are no part of a version: they are saved without one. */
  const saveNames = async (skillbaseId: string) => {
    try {
      await rename(skillbaseId);
      session.published({ version: base.version, text: session.store.root });
      toast(t("form.saved"));
    } catch (thrown) {
      const fault = toIpcError(thrown);
      if (!refusedName(fault)) failed(t("editor.publish.failed"), fault);
    }
  };

  const create = async (publish: boolean) => {
    const { name, description, document } = session.store.root;
    setBusy(true);
    setError(null);
    try {
      const made = await send(client, "skillbase_create", { companyId: session.companyId, name: name.trim(), description: description.trim(), document, publish });
      await platform().drafts.delete(session.opened.draftId);
      session.published({ version: made.summary.version, text: session.store.root });
      toast(publish ? t("skillbase.created", { name: made.summary.name }) : t("editor.draftCreated", { name: made.summary.name }));
      void navigate({ to: "/skillbases/$skillbaseId", params: { skillbaseId: made.summary.id }, search: { tab } });
    } catch (thrown) {
      const fault = toIpcError(thrown);
      if (refusedName(fault)) return;
      if (publish) setError(fault);
      else failed(t("editor.publish.failed"), fault);
    } finally {
      setBusy(false);
    }
  };

  const rename = async (skillbaseId: string): Promise<void> => {
    const { name, description } = session.store.root;
    if (name === base.text.name && description === base.text.description) return;
    await send(client, "skillbase_update", { companyId: session.companyId, skillbaseId, name: name.trim(), description: description.trim() });
  };

  const publish = async (note: string) => {
    const { skillbaseId } = session;
    if (skillbaseId === null) return create(true);
    const { root } = session.store;
    setBusy(true);
    setError(null);
    try {
      await rename(skillbaseId);
      const answer: SkillbasePublished = await send(client, "skillbase_publish", { companyId: session.companyId, skillbaseId, baseVersion: base.version, document: root.document, note });
      setDialog(null);
      if (answer.type === "conflict") {
        const { theirDocument, theirVersion, theirPublishedAt } = answer.comparison;
        setPublished({ text: { name: root.name, description: root.description, document: theirDocument }, version: theirVersion, at: theirPublishedAt, draft: false });
        go({ view: "merge" });
        return;
      }
      session.published({ version: answer.skillbase.summary.version, text: root });
      endOffer();
      toast(answer.type === "unchanged" ? t("editor.publish.unchanged") : t("editor.publish.done", { version: answer.skillbase.summary.version }));
    } catch (thrown) {
      const fault = toIpcError(thrown);
      if (!refusedName(fault)) setError(fault);
    } finally {
      setBusy(false);
    }
  };

  const discard = async () => {
    if (session.skillbaseId === null) {
      session.discard();
      await session.flush();
      void navigate({ to: "/skillbases" });
      return;
    }
    session.discard();
    endOffer();
    toast(t("editor.discarded"), { label: t("common.undo"), run: () => session.store.undo() });
  };

  const takeMerged = (result: SkillbaseText) => {
    if (!theirs) return;
    if (theirs.draft && otherDraft) session.settle(base, result, otherDraft.revision);
    else session.settle({ version: theirs.version, text: theirs.text }, result, null);
    setPublished(null);
    back();
    toast(t("editor.merge.done"));
  };

  const canPublish = dirty || base.version === 0;
  const theirName = theirs === null ? "" : theirs.draft ? t("editor.merge.theirDraft") : t("skillbase.version", { version: theirs.version });
  const title = name.trim() === "" ? t("skillbase.newTitle") : name;
  return (
    <EditingContext value={session}>
      <Page
        title={<span title={title}>{title}</span>}
        badges={<SafetyBadge session={session} />}
        testid={session.skillbaseId === null ? "page-skillbase-new" : "page-skillbase"}
        scroll={false}
        note={
          view && session.skillbaseId !== null ? (
            <>
              {view.summary.campaignCount === 0 ? t("skillbase.unused") : <Link to="/campaigns">{t("skillbase.usedIn", { count: view.summary.campaignCount })}</Link>}
              {view.summary.behindCount > 0 ? ` · ${t("editor.behind", { count: view.summary.behindCount })}` : ""}
              {view.summary.archived ? ` · ${t("skillbase.archived")}` : ""}
            </>
          ) : undefined
        }
        actions={
          shown === "editor" ? (
            <>
              <IconButton label={t("editor.undo")} icon={<Undo2 />} disabled={!history.canUndo} onClick={() => session.store.undo()} data-testid="undo" />
              <IconButton label={t("editor.redo")} icon={<Redo2 />} disabled={!history.canRedo} onClick={() => session.store.redo()} data-testid="redo" />
              <SkillbaseMenu session={session} view={view} onDiscard={() => void discard()} onView={(next) => go({ view: next })} onTestCall={() => setDialog("testCall")} />
              {session.skillbaseId === null ? (
                <Button busy={busy} disabled={name.trim() === "" || !ready} onClick={() => void create(false)} data-testid="save-draft">
                  {t("editor.createDraft")}
                </Button>
              ) : null}
              <Button variant="primary" disabled={!canPublish || !ready} onClick={openPublish} title={ready ? undefined : t("editor.publish.away")} data-testid="save">
                {session.skillbaseId === null ? t("skillbase.create") : onlyNames ? t("editor.publish.names") : t("editor.publish.open")}
              </Button>
            </>
          ) : (
            <Button icon={<ArrowLeft />} onClick={back} data-testid="back-to-editor">
              {t("editor.backToEditor")}
            </Button>
          )
        }
      >
        {theirs && dirty && shown === "editor" ? (
          <Banner
            tone="warning"
            testid="outdated"
            action={
              <Button size="small" onClick={() => go({ view: "merge" })} data-testid="compare">
                {t("editor.outdated.compare")}
              </Button>
            }
          >
            {theirs.draft ? t("editor.outdated.draft", { at: theirs.at === null ? "" : format.moment(theirs.at) }) : t("editor.outdated.version", { version: theirs.version })}
          </Banner>
        ) : offered && ready && dirty && shown === "editor" ? (
          <Banner
            tone="good"
            testid="draft-offer"
            action={
              <span className={styles.offer}>
                <Button size="small" variant="ghost" onClick={endOffer} data-testid="offer-later">
                  {t("editor.offer.later")}
                </Button>
                <Button size="small" onClick={openPublish} data-testid="offer-publish">
                  {t("editor.publish.open")}
                </Button>
              </span>
            }
          >
            {session.opened.recovered === null ? t("editor.offer.back") : t("editor.offer.recovered", { at: format.moment(session.opened.recovered) })}
          </Banner>
        ) : null}
        {shown === "versions" && session.skillbaseId !== null ? <Versions session={session} onClose={back} /> : null}
        {shown === "cases" && session.skillbaseId !== null ? (
          <div className={styles.full}>
            <Cases />
          </div>
        ) : null}
        {shown === "merge" && theirs ? <Merge base={base.text} mine={session.store.root} theirs={theirs.text} theirName={theirName} theirAt={theirs.at} onTake={takeMerged} onClose={back} /> : null}
        {shown === "editor" || (shown === "merge" && !theirs) ? <EditorDesk session={session} tab={tab} onTab={onTab} problemsOpen={problemsOpen} onProblems={setProblemsOpen} onCases={onCases} /> : null}
        {dialog === "publish" ? <PublishDialog session={session} campaigns={view?.summary.campaignCount ?? 0} busy={busy} error={error} onPublish={(note) => void publish(note)} onClose={() => setDialog(null)} /> : null}
        {dialog === "testCall" ? <TestCall session={session} onClose={() => setDialog(null)} /> : null}
      </Page>
    </EditingContext>
  );
}

