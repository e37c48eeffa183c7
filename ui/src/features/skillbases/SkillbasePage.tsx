import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../../api";
import type { SkillbaseView } from "../../bindings/SkillbaseView";
import { Button, IconButton } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Dialog } from "../../components/Dialog";
import { Failure, InlineFailure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { useForm } from "../../components/form";
import { Page } from "../../components/Page";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { Preview, Problems, Tabs } from "./Editor";
import { checkSkillbase, type EditorTab, emptySkillbase, skillbaseValues, tabOf, toSkillbaseForm } from "./skillbaseForm";
import styles from "./Skillbases.module.css";

function Form({ skillbase }: { skillbase: SkillbaseView | null }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [tab, setTab] = useState<EditorTab>("about");
  const [opened, setOpened] = useState(skillbase);
  const [initial] = useState(() => (skillbase ? skillbaseValues(skillbase) : emptySkillbase(language)));
  const form = useForm({ initial, check: checkSkillbase, draft: `skillbase-${skillbase?.id ?? `new-${company.id}`}` });

  const save = async () => {
    const first = Object.keys(form.issues)[0];
    if (first) setTab(tabOf(first));
    await form.submit(async (values) => {
      const wire = toSkillbaseForm(values, company.id);
      if (opened) {
        const saved = await send(client, "skillbase_update", { skillbaseId: opened.id, baseVersion: opened.version, form: wire });
        setOpened(saved);
        form.settle(skillbaseValues(saved));
        toast(t("skillbase.saved", { version: saved.version }));
      } else {
        const created = await send(client, "skillbase_create", wire);
        toast(t("skillbase.created", { name: created.name }));
        void navigate({ to: "/skillbases/$skillbaseId", params: { skillbaseId: created.id } });
      }
    });
  };
  return (
    <form
      id={form.id}
      noValidate
      data-testid="skillbase-form"
      data-state={form.dirty ? "dirty" : "clean"}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.editor}>
        <Tabs form={form} tab={tab} onTab={setTab} />
        <Preview values={form.values} />
      </div>
      <div className={styles.bar}>
        <Problems form={form} onOpen={setTab} />
        {form.error ? <InlineFailure error={form.error} /> : null}
        <div className={styles.barRow}>
          <span>{form.dirty ? t("form.unsaved") : opened ? t("skillbase.current", { version: opened.version }) : null}</span>
          <Button disabled={!form.dirty} onClick={form.discard}>
            {t("form.discard")}
          </Button>
          <Button type="submit" variant="primary" busy={form.busy} disabled={opened !== null && !form.dirty} data-testid="save">
            {opened ? t("skillbase.save") : t("skillbase.create")}
          </Button>
        </div>
      </div>
    </form>
  );
}

function ArchiveButton({ skillbase }: { skillbase: SkillbaseView }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const navigate = useNavigate();
  const failed = useFailure();
  const [asking, setAsking] = useState(false);
  const archive = async () => {
    try {
      await send(client, "skillbase_archive", { companyId: company.id, skillbaseId: skillbase.id });
      toast(t("skillbase.archivedToast", { name: skillbase.name }));
      void navigate({ to: "/skillbases" });
    } catch (thrown) {
      failed(t("skillbase.archiveFailed"), thrown);
    } finally {
      setAsking(false);
    }
  };
  return (
    <>
      <IconButton label={t("skillbase.archive")} icon={<Archive />} onClick={() => setAsking(true)} data-testid="archive" />
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        size="small"
        testid="ask-archive"
        title={t("skillbase.archiveTitle", { name: skillbase.name })}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.back")}</Button>
            <Button variant="danger" onClick={() => void archive()} data-testid="confirm">
              {t("skillbase.archive")}
            </Button>
          </>
        }
      >
        <p>{t("skillbase.archiveEffect", { count: skillbase.campaignCount })}</p>
      </Dialog>
    </>
  );
}

export function SkillbasePage() {
  const { t } = useTranslation();
  const company = useCompany();
  const { skillbaseId } = useParams({ strict: false });
  const { data, error, refetch } = useQuery({ ...query("skillbase_get", { companyId: company.id, skillbaseId: skillbaseId ?? "" }), enabled: skillbaseId !== undefined });
  if (skillbaseId === undefined) {
    return (
      <Page title={t("skillbase.newTitle")} note={t("skillbase.newNote")} testid="page-skillbase-new">
        <Form key="new" skillbase={null} />
      </Page>
    );
  }
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <Page
      title={data?.name ?? "…"}
      note={data ? (data.campaignCount === 0 ? t("skillbase.unused") : t("skillbase.usedIn", { count: data.campaignCount })) : undefined}
      testid="page-skillbase"
      state={data ? "ready" : "loading"}
      actions={data && !data.archived ? <ArchiveButton skillbase={data} /> : null}
    >
      {data ? <Form key={data.id} skillbase={data} /> : <Loading />}
    </Page>
  );
}
