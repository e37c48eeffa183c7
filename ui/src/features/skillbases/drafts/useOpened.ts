import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, query, rpc, send, toIpcError } from "../../../api";
import type { SkillbaseView } from "../../../bindings/SkillbaseView";
import { useFormat } from "../../../components/useFormat";
import { platform } from "../../../platform";
import type { SkillbaseText } from "../model/check";
import type { SkillbaseDocument } from "../model/document";
import { newDocument } from "../model/fresh";
import { type DraftFile, readDraft } from "./file";
import { newDraftId } from "./newId";
import { type Base, type Opened, Session } from "./session";

export type Opening = { state: "loading" } | { state: "failed"; error: IpcError; retry: () => void } | { state: "ready"; session: Session; view: SkillbaseView | undefined };

const textOf = ({ summary }: SkillbaseView, document: SkillbaseDocument): SkillbaseText => ({ name: summary.name, description: summary.description, document });

/** The version that a stored draft was made of; the newest when it cannot be read any more. */
async function baseOf(companyId: string, view: SkillbaseView, fallback: SkillbaseDocument): Promise<Base> {
  const { summary, document, draft } = view;
  const version = draft?.baseVersion ?? summary.version;
  if (version === summary.version || version === 0) return { version, text: textOf(view, (version === summary.version ? document : null) ?? fallback) };
  try {
    const detail = await rpc("skillbase_version_get", { companyId, skillbaseId: summary.id, version });
    return { version, text: textOf(view, detail.document) };
  } catch {
    return { version: summary.version, text: textOf(view, document ?? fallback) };
  }
}

async function fromHost(companyId: string, view: SkillbaseView, fresh: SkillbaseDocument): Promise<Opened> {
  const { summary, document, draft } = view;
  const current = draft?.document ?? document ?? fresh;
  const base = await baseOf(companyId, view, current);
  return { draftId: summary.id, companyId, skillbaseId: summary.id, base, mine: textOf(view, current), hostRevision: draft?.revision ?? null, recovered: null };
}

const fromFile = (file: DraftFile, draftId: string): Opened => ({
  draftId,
  companyId: file.companyId,
  skillbaseId: file.skillbaseId,
  base: { version: file.baseVersion, text: file.base },
  mine: file.mine,
  hostRevision: file.hostRevision,
  recovered: file.savedAt,
});

/** The editing of a skillbase: a draft of this computer first, which needs nobody; else what the host has. */
export function useOpened(companyId: string, skillbaseId: string | null): Opening {
  const { t } = useTranslation();
  const { language } = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { draft: draftParam } = useSearch({ strict: false });
  const asked = useQuery({ ...query("skillbase_get", { companyId, skillbaseId: skillbaseId ?? "" }), enabled: skillbaseId !== null });
  const [session, setSession] = useState<Session | null>(null);
  /** What this computer has: not looked yet, nothing, or a draft. */
  const [local, setLocal] = useState<{ id: string; file: DraftFile | null } | null>(null);
  const id = skillbaseId ?? draftParam ?? null;

  useEffect(() => {
    if (id === null) {
      void navigate({ to: "/skillbases/new", search: { draft: newDraftId() }, replace: true });
      return;
    }
    let gone = false;
    platform()
      .drafts.get(id)
      .then(readDraft, () => null)
      .then((file) => (gone ? undefined : setLocal({ id, file: file?.companyId === companyId ? file : null })));
    return () => {
      gone = true;
    };
  }, [id, companyId, navigate]);

  const view = asked.data;
  useEffect(() => {
    if (local === null || local.id !== id || session?.opened.draftId === id) return;
    let gone = false;
    const names = { callback: t("outcome.callback"), notTarget: t("editor.fresh.notTarget"), lead: t("editor.fresh.lead"), infoOnly: t("editor.fresh.infoOnly") };
    const fresh = newDocument(language, names);
    const open = async (): Promise<Opened | null> => {
      if (local.file) return fromFile(local.file, local.id);
      if (skillbaseId === null) {
        const text = { name: "", description: "", document: fresh };
        return { draftId: local.id, companyId, skillbaseId: null, base: { version: 0, text }, mine: text, hostRevision: null, recovered: null };
      }
      return view ? fromHost(companyId, view, fresh) : null;
    };
    void open().then((opened) => {
      if (gone || opened === null) return;
      setSession(new Session(opened, { drafts: platform().drafts, now: () => new Date().toISOString(), saveDraft: (request) => send(client, "skillbase_draft_save", request), dropDraft: (request) => send(client, "skillbase_draft_discard", request) }));
    });
    return () => {
      gone = true;
    };
  }, [local, id, view, skillbaseId, companyId, session, client, language, t]);

  if (session && session.opened.draftId === id) return { state: "ready", session, view };
  if (asked.error && local?.id === id && local.file === null && !view) return { state: "failed", error: toIpcError(asked.error), retry: () => void asked.refetch() };
  return { state: "loading" };
}
