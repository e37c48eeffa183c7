import { Switch } from "@base-ui/react/switch";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Braces, KeyRound } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query, rpc, send } from "../../../api";
import type { ToolSchemaView } from "../../../bindings/ToolSchemaView";
import { Button } from "../../../components/Button";
import form from "../../../components/form/Form.module.css";
import { TextField } from "../../../components/form";
import { toast } from "../../../components/toasts";
import { useFailure } from "../../../components/useErrorText";
import { MAX } from "../model/check";
import type { Tool, ToolName } from "../model/document";
import { newTool, TOOLS } from "../model/fresh";
import { write } from "../model/path";
import { useEdit, useEditing, useProblem, useProblems, useValue } from "../parts/context";
import { DocArea, DocNumber, DocSearch, DocText } from "../parts/fields";
import { IssueNote } from "../parts/IssueNote";
import { ListEditor } from "../parts/ListEditor";
import styles from "../parts/Parts.module.css";
import { WordsField } from "../parts/WordsField";

const AT = "document.tools";

/** The key of the calendar goes to the keyring of this machine and never comes back. */
function Secret() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const failed = useFailure();
  const { companyId, skillbaseId } = useEditing();
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const { data } = useQuery({ ...query("skillbase_secrets", { companyId, skillbaseId: skillbaseId ?? "" }), enabled: skillbaseId !== null });
  const stored = data?.stored.includes("calendar") === true;
  if (skillbaseId === null) return <p className={styles.quiet}>{t("editor.tool.secretLater")}</p>;
  const keep = async (next: string) => {
    setBusy(true);
    try {
      await send(client, "skillbase_secret_set", { companyId, skillbaseId, tool: "calendar", value: next });
      setValue("");
      toast(t(next === "" ? "editor.tool.secretRemoved" : "editor.tool.secretKept"));
    } catch (thrown) {
      failed(t("editor.tool.secretFailed"), thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.secret}>
      <TextField id="calendar-key" name="calendar-key" type="password" label={t("editor.tool.secret")} help={t(stored ? "editor.tool.secretStored" : "editor.tool.secretHelp")} placeholder={stored ? "••••••••" : ""} value={value} issue={undefined} onChange={setValue} onBlur={() => undefined} />
      <Button size="small" icon={<KeyRound />} busy={busy} disabled={value.trim() === ""} onClick={() => void keep(value.trim())}>
        {t("editor.tool.secretKeep")}
      </Button>
      {stored ? (
        <Button size="small" variant="ghost" disabled={busy} onClick={() => void keep("")}>
          {t("editor.tool.secretRemove")}
        </Button>
      ) : null}
    </div>
  );
}

function Agents({ path }: { path: string }) {
  const { t } = useTranslation();
  const { companyId, skillbaseId } = useEditing();
  const { data } = useQuery(query("skillbase_list", { companyId, archived: false }));
  const choices = (data?.items ?? []).filter(({ id }) => id !== skillbaseId).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <ListEditor
      path={`${path}.config.agents`}
      testid="agents"
      framed
      max={MAX.targets}
      fresh={() => ({ condition: "", skillbase: "" })}
      addLabel={t("editor.tool.agentAdd")}
      itemName={(index) => t("editor.tool.agentItem", { index: index + 1 })}
      item={(item) => (
        <>
          <DocSearch path={`${item}.skillbase`} label={t("editor.tool.agent")} choices={choices} />
          <DocArea path={`${item}.condition`} rows={1} max={MAX.text} label={t("editor.tool.when")} />
        </>
      )}
    />
  );
}

function Targets({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <ListEditor
      path={`${path}.config.targets`}
      testid="targets"
      framed
      max={MAX.targets}
      fresh={() => ({ name: "", condition: "", contextRules: "", phoneOrSip: "" })}
      addLabel={t("editor.tool.targetAdd")}
      itemName={(index) => t("editor.tool.targetItem", { index: index + 1 })}
      item={(item) => (
        <>
          <div className={styles.two}>
            <DocText path={`${item}.name`} mono max={64} label={t("editor.tool.targetName")} />
            <DocText path={`${item}.phoneOrSip`} mono label={t("editor.tool.phoneOrSip")} placeholder="sip:operator@example.org" />
          </div>
          <DocArea path={`${item}.condition`} rows={1} max={MAX.text} label={t("editor.tool.when")} />
          <DocArea path={`${item}.contextRules`} rows={1} max={MAX.text} label={t("editor.tool.contextRules")} />
        </>
      )}
    />
  );
}

function Schema({ schema }: { schema: ToolSchemaView | undefined }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!schema) return null;
  return (
    <div>
      <button type="button" className={styles.more} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Braces aria-hidden />
        {t(open ? "editor.tool.schemaHide" : "editor.tool.schemaShow")}
      </button>
      {open ? <pre className={styles.code}>{JSON.stringify(schema.schema, null, 2)}</pre> : null}
    </div>
  );
}

const ToolCard = memo(function ToolCard({ name, schema }: { name: ToolName; schema: ToolSchemaView | undefined }) {
  const { t } = useTranslation();
  const edit = useEdit();
  const tools = useValue<readonly Tool[]>(AT);
  const index = tools.findIndex((tool) => tool.name === name);
  const enabled = tools[index]?.enabled === true;
  const path = `${AT}.${index < 0 ? tools.length : index}`;
  const own = useProblem(path);
  const inner = useProblem(`${path}.config`);
  const targets = useProblem(`${path}.config.${name === "transfer_to_agent" ? "agents" : "targets"}`);
  const wrong = useProblems().some((problem) => problem.path.startsWith(`${path}.`) && index >= 0);
  const toggle = (next: boolean) => edit.change(AT, (root) => write(root, AT, index < 0 ? [...tools, newTool(name, next)] : tools.with(index, { ...(tools[index] as Tool), enabled: next })));
  const id = `tool-${name}`;
  return (
    <section className={styles.tool} data-testid={id} data-state={enabled ? "on" : "off"} data-wrong={(wrong && enabled) || undefined}>
      <header>
        <Switch.Root checked={enabled} onCheckedChange={toggle} className={form.switch} aria-labelledby={`${id}-name`} aria-describedby={`${id}-help`} data-testid={`${id}-switch`}>
          <Switch.Thumb className={form.thumb} />
        </Switch.Root>
        <div>
          <h2 id={`${id}-name`}>{t(`editor.tool.name.${name}`)}</h2>
          <p id={`${id}-help`}>{t(`editor.tool.about.${name}`)}</p>
        </div>
        <code>{name}</code>
      </header>
      {enabled && index >= 0 ? (
        <div className={styles.stack}>
          {own ? <IssueNote problem={own} /> : null}
          {inner ? <IssueNote problem={inner} /> : null}
          {targets && index >= 0 && name !== "transfer_call" && name !== "transfer_to_agent" ? <IssueNote problem={targets} /> : null}
          <DocArea path={`${path}.config.description`} rows={1} max={MAX.text} label={t("editor.tool.description")} help={t("editor.tool.descriptionHelp")} />
          {name === "calendar" ? (
            <>
              <DocText path={`${path}.config.apiUrl`} mono label={t("editor.tool.apiUrl")} help={t("editor.tool.apiUrlHelp")} placeholder="https://" />
              <DocNumber path={`${path}.config.durationMinutes`} min={5} max={480} unit={t("unit.minutes")} label={t("editor.tool.duration")} />
              <WordsField path={`${path}.config.services`} label={t("editor.tool.services")} help={t("editor.tool.servicesHelp")} />
              <Secret />
            </>
          ) : null}
          {name === "transfer_call" ? <Targets path={path} /> : null}
          {name === "transfer_to_agent" ? <Agents path={path} /> : null}
          <Schema schema={schema} />
        </div>
      ) : null}
    </section>
  );
});

export const ToolsTab = memo(function ToolsTab() {
  const { t } = useTranslation();
  const document = useValue<Parameters<typeof rpc<"skillbase_tools">>[1]["document"]>("document");
  // The schemas depend on the tools alone; another rule of the identity does not ask for them again.
  const key = JSON.stringify([document.tools, document.identity.language]);
  const { data } = useQuery({ queryKey: ["skillbase_tools", key], queryFn: () => rpc("skillbase_tools", { document }), placeholderData: (before) => before });
  return (
    <>
      <p className={styles.lead}>{t("editor.tool.note")}</p>
      {TOOLS.map((name) => (
        <ToolCard key={name} name={name} schema={data?.items.find((item) => item.name === name)} />
      ))}
    </>
  );
});
