import { Tabs } from "@base-ui/react/tabs";
import { PanelRightClose, PanelRightOpen } from "lucide-react";
import { memo, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../../components/Button";
import type { Session } from "../drafts/session";
import { Inspector } from "../graph/Inspector";
import { type CoursePart, type EditorTab, TABS, tabOf } from "../model/places";
import { useSignal } from "../model/signal";
import { useProblems, useValue } from "../parts/context";
import { TalkPane } from "../sandbox/TalkPane";
import { ConversationTab } from "../tabs/ConversationTab";
import { IdentityTab } from "../tabs/IdentityTab";
import { JsonTab } from "../tabs/JsonTab";
import { KnowledgeTab } from "../tabs/KnowledgeTab";
import { LeadTab } from "../tabs/LeadTab";
import { OutcomesTab } from "../tabs/OutcomesTab";
import { ToolsTab } from "../tabs/ToolsTab";
import { VoiceTab } from "../tabs/VoiceTab";
import styles from "./Desk.module.css";
import { aim, focusField } from "./jump";
import { Problems } from "./Problems";
import { PromptPane } from "./PromptPane";

interface Props {
  session: Session;
  tab: EditorTab;
  onTab: (tab: EditorTab) => void;
  problemsOpen: boolean;
  onProblems: (open: boolean) => void;
  onCases: () => void;
}

const TabList = memo(function TabList() {
  const { t } = useTranslation();
  const problems = useProblems();
  const counts = new Map<EditorTab, { errors: number; warnings: number }>();
  for (const { path, severity } of problems) {
    const tab = tabOf(path);
    const old = counts.get(tab) ?? { errors: 0, warnings: 0 };
    counts.set(tab, severity === "error" ? { ...old, errors: old.errors + 1 } : { ...old, warnings: old.warnings + 1 });
  }
  return (
    <Tabs.List className={styles.nav} aria-label={t("editor.parts")}>
      {TABS.map((name) => {
        const count = counts.get(name);
        return (
          <Tabs.Tab key={name} value={name} className={styles.navItem} data-testid={`tab-${name}`}>
            <span>{t(`editor.tab.${name}`)}</span>
            {count && count.errors > 0 ? (
              <small data-tone="error" aria-label={t("editor.problems.errors", { count: count.errors })}>
                {count.errors}
              </small>
            ) : count && count.warnings > 0 ? (
              <small data-tone="warning" aria-label={t("editor.problems.warnings", { count: count.warnings })}>
                {count.warnings}
              </small>
            ) : null}
          </Tabs.Tab>
        );
      })}
    </Tabs.List>
  );
});

const OF_DOCUMENT = "[data-field^='document'], [data-field=name], [data-field=description], [data-testid=json]";

const PANES = ["state", "prompt", "talk"] as const;
type Pane = (typeof PANES)[number];

/** The editor: its tabs on the left, what comes of them on the right, what is wrong at the bottom. */
export function EditorDesk({ session, tab, onTab, problemsOpen, onProblems, onCases }: Props) {
  const { t } = useTranslation();
  const [part, setPart] = useState<CoursePart>("opening");
  const [pane, setPane] = useState<Pane>("prompt");
  const [wide, setWide] = useState(true);
  const graph = useValue<string>("document.conversation.flow.type") === "graph" && tab === "conversation" && part === "course";
  const chosen = useSignal(session.chosen);

  // A state that is chosen in the graph is looked at, unless somebody talks.
  const [last, setLast] = useState<string | null>(null);
  if (graph && chosen !== last) {
    setLast(chosen);
    if (chosen !== null && pane === "prompt") setPane("state");
  }
  const panes = PANES.filter((name) => name !== "state" || graph);
  const shown: Pane = panes.includes(pane) ? pane : "prompt";

  const jump = useCallback(
    (path: string) => {
      const target = aim(session, path);
      onTab(target.tab);
      setPart(target.part);
      if (/^document\.conversation\.flow\.(states|transitions)\./.test(path)) {
        setPane("state");
        setWide(true);
      }
      // After the tab, and what it chose, has been drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => focusField(path)));
    },
    [session, onTab],
  );

  // Undo shows what it took back.
  const travel = useCallback(
    (path: string | null) => {
      if (path === null || path === "document") return;
      onTab(tabOf(path));
      if (tabOf(path) === "conversation") setPart(aim(session, path).part);
    },
    [session, onTab],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (document.querySelector("[role=dialog]:not([data-testid=toast])")) return;
      // A field that is no part of the document, such as what is said in the talk, has its own undo.
      const field = event.target instanceof HTMLElement ? event.target.closest("input, textarea") : null;
      if (field && !field.closest(OF_DOCUMENT)) return;
      // The browser's own undo knows one field only, and would undo what the document has already.
      event.preventDefault();
      travel(event.shiftKey ? session.store.redo() : session.store.undo());
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [session, travel]);

  const body = useMemo(() => {
    switch (tab) {
      case "identity":
        return <IdentityTab />;
      case "conversation":
        return <ConversationTab part={part} onPart={setPart} />;
      case "voice":
        return <VoiceTab />;
      case "lead":
        return <LeadTab />;
      case "tools":
        return <ToolsTab />;
      case "knowledge":
        return <KnowledgeTab />;
      case "outcomes":
        return <OutcomesTab />;
      case "json":
        return <JsonTab />;
    }
  }, [tab, part]);

  return (
    <div className={styles.desk} data-pane={wide ? "open" : "closed"}>
      <Tabs.Root value={tab} onValueChange={(next) => onTab(next as EditorTab)} orientation="vertical" className={styles.tabsRoot}>
        <TabList />
        <Tabs.Panel value={tab} className={styles.body} data-fill={tab === "json" || graph ? "" : undefined} data-tab={tab} data-testid="editor-body">
          {body}
        </Tabs.Panel>
      </Tabs.Root>
      <aside className={styles.pane} aria-label={t("editor.pane.label")}>
        <div className={styles.paneHead}>
          {wide ? (
            <div role="tablist" aria-label={t("editor.pane.label")} className={styles.paneTabs}>
              {panes.map((name) => (
                <button key={name} type="button" role="tab" aria-selected={shown === name} onClick={() => setPane(name)} data-testid={`pane-${name}`}>
                  {t(`editor.pane.${name}`)}
                </button>
              ))}
            </div>
          ) : null}
          <IconButton size="small" label={t(wide ? "editor.pane.close" : "editor.pane.open")} icon={wide ? <PanelRightClose /> : <PanelRightOpen />} onClick={() => setWide(!wide)} data-testid="pane-toggle" />
        </div>
        {/* The talk goes on while another pane is looked at. */}
        <div className={styles.paneBody} hidden={!wide} data-pane={shown}>
          {shown === "state" ? <Inspector /> : null}
          {shown === "prompt" ? <PromptPane onJump={jump} /> : null}
          <div className={styles.paneTalk} hidden={shown !== "talk"}>
            <TalkPane onCases={onCases} />
          </div>
        </div>
      </aside>
      <Problems open={problemsOpen} onOpen={onProblems} onJump={jump} />
    </div>
  );
}
