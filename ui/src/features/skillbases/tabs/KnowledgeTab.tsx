import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FilePlus2, FileText, Search, Trash2 } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, rpc, send, toIpcError, type IpcError } from "../../../api";
import type { KnowledgeDocument } from "../../../bindings/KnowledgeDocument";
import type { KnowledgeHit } from "../../../bindings/KnowledgeHit";
import { Button, IconButton } from "../../../components/Button";
import { InlineFailure } from "../../../components/Failure";
import { Loading } from "../../../components/Feedback";
import form from "../../../components/form/Form.module.css";
import { useFileClaim } from "../../../components/import/context";
import { toast } from "../../../components/toasts";
import { useFailure } from "../../../components/useErrorText";
import { useFormat } from "../../../components/useFormat";
import { type ImportFile, platform } from "../../../platform";
import { read, write } from "../model/path";
import { useEdit, useEditing, useProblem, useValue } from "../parts/context";
import { DocNumber } from "../parts/fields";
import { IssueNote } from "../parts/IssueNote";
import { Part } from "../parts/Part";
import styles from "../parts/Parts.module.css";

const AT = "document.knowledge";
const IDS = `${AT}.documentIds`;

/** Adds files to the knowledge of the company, and to this skillbase. */
function useAdd() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const failed = useFailure();
  const edit = useEdit();
  const { companyId, store } = useEditing();
  const [busy, setBusy] = useState(0);
  const add = async (files: readonly ImportFile[]) => {
    for (const file of files) {
      setBusy((count) => count + 1);
      try {
        const source = await platform().importSource(file);
        const made = await send(client, "knowledge_add", { companyId, title: "", input: { type: "file", source } });
        edit.change(IDS, (root) => write(root, IDS, [...new Set([...(read(store.root, IDS) as string[]), made.id])]));
        toast(t("editor.knowledge.added", { title: made.title, count: made.chunks }));
      } catch (thrown) {
        failed(t("editor.knowledge.addFailed", { name: file.name }), thrown);
      } finally {
        setBusy((count) => count - 1);
      }
    }
  };
  return { add, busy: busy > 0 };
}

function Drop({ onFiles, busy }: { onFiles: (files: readonly ImportFile[]) => void; busy: boolean }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  useFileClaim((event) => {
    setOver(event.type === "over");
    if (event.type === "drop") onFiles(event.files);
  });
  const pick = async () => {
    const file = await platform().pickFile("knowledge");
    if (file) onFiles([file]);
  };
  return (
    <button type="button" className={styles.drop} data-state={over ? "over" : busy ? "busy" : "idle"} onClick={() => void pick()} data-testid="knowledge-drop">
      <FilePlus2 aria-hidden />
      <span>
        <strong>{t(busy ? "editor.knowledge.reading" : "editor.knowledge.drop")}</strong>
        <small>{t("editor.knowledge.forms")}</small>
      </span>
    </button>
  );
}

function Documents({ items }: { items: readonly KnowledgeDocument[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const failed = useFailure();
  const edit = useEdit();
  const { companyId } = useEditing();
  const chosen = useValue<readonly string[]>(IDS);
  const set = (id: string, used: boolean) => edit.change(IDS, (root) => write(root, IDS, used ? [...chosen, id] : chosen.filter((other) => other !== id)));
  const forget = async (document: KnowledgeDocument) => {
    try {
      await send(client, "knowledge_delete", { companyId, documentId: document.id });
      toast(t("editor.knowledge.deleted", { title: document.title }));
    } catch (thrown) {
      failed(t("editor.knowledge.deleteFailed"), thrown);
    }
  };
  const missing = chosen.filter((id) => !items.some((item) => item.id === id));
  return (
    <ul className={styles.documents} data-testid="knowledge-list">
      {items.map((item) => (
        <li key={item.id} data-testid="knowledge-document">
          <label>
            <input type="checkbox" checked={chosen.includes(item.id)} onChange={(event) => set(item.id, event.target.checked)} />
            <FileText aria-hidden />
            <span>
              <strong title={item.title}>{item.title}</strong>
              <small>{t("editor.knowledge.size", { kind: t(`editor.knowledge.source.${item.source}`), characters: format.number(item.characters), count: item.chunks })}</small>
            </span>
          </label>
          <IconButton size="small" label={t("editor.knowledge.delete", { title: item.title })} icon={<Trash2 />} disabled={item.skillbaseCount > 0 || chosen.includes(item.id)} onClick={() => void forget(item)} />
        </li>
      ))}
      {missing.map((id) => (
        <li key={id} data-testid="knowledge-missing">
          <span className={styles.quiet}>{t("editor.knowledge.missing", { id: id.slice(0, 8) })}</span>
          <Button size="small" onClick={() => set(id, false)}>
            {t("editor.knowledge.takeOut")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function TryIt() {
  const { t } = useTranslation();
  const format = useFormat();
  const { companyId } = useEditing();
  const ids = useValue<readonly string[]>(IDS);
  const least = useValue<number>(`${AT}.minScore`);
  const [text, setText] = useState("");
  const [hits, setHits] = useState<readonly KnowledgeHit[] | null>(null);
  const [error, setError] = useState<IpcError | null>(null);
  const search = async () => {
    setError(null);
    try {
      const found = await rpc("knowledge_search", { companyId, documentIds: [...ids], query: text.trim(), limit: 5 });
      setHits(found.items);
    } catch (thrown) {
      setError(toIpcError(thrown));
    }
  };
  return (
    <div className={styles.stack}>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") void search();
        }}
      >
        <input className={form.input} value={text} maxLength={500} aria-label={t("editor.knowledge.ask")} placeholder={t("editor.knowledge.ask")} onChange={(event) => setText(event.target.value)} data-testid="knowledge-query" />
        <Button type="submit" icon={<Search />} disabled={text.trim() === "" || ids.length === 0}>
          {t("editor.knowledge.search")}
        </Button>
      </form>
      {error ? <InlineFailure error={error} /> : null}
      {hits?.length === 0 ? <p className={styles.quiet}>{t("editor.knowledge.nothing")}</p> : null}
      <ol className={styles.hits} data-testid="knowledge-hits">
        {(hits ?? []).map((hit) => (
          <li key={`${hit.documentId}${String(hit.chunkIndex)}`} data-used={hit.score >= least || undefined}>
            <header>
              <strong>{hit.title}</strong>
              <span data-numeric="">{t(hit.score >= least ? "editor.knowledge.used" : "editor.knowledge.unused", { score: format.number(hit.score, 2) })}</span>
            </header>
            <p>{hit.text}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

export const KnowledgeTab = memo(function KnowledgeTab() {
  const { t } = useTranslation();
  const { companyId } = useEditing();
  const { data, error } = useQuery(query("knowledge_list", { companyId }));
  const problem = useProblem(IDS);
  const { add, busy } = useAdd();
  return (
    <>
      <Part title={t("editor.knowledge.title")} note={t("editor.knowledge.note")}>
        <Drop onFiles={(files) => void add(files)} busy={busy} />
        {error && !data ? <InlineFailure error={error} /> : null}
        {!data && !error ? <Loading rows={3} /> : null}
        {data ? <Documents items={data.items} /> : null}
        {problem ? <IssueNote problem={problem} /> : null}
      </Part>
      <Part title={t("editor.knowledge.tryTitle")} note={t("editor.knowledge.tryNote")}>
        <DocNumber path={`${AT}.minScore`} min={0} max={1} whole={false} label={t("editor.knowledge.minScore")} help={t("editor.knowledge.minScoreHelp")} />
        <TryIt />
      </Part>
    </>
  );
});
