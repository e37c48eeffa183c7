import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Loading } from "../../components/Feedback";
import { Page } from "../../components/Page";
import { EditorPage } from "./desk/EditorPage";
import { useOpened } from "./drafts/useOpened";

/** Opens a skillbase with whatever draft of it there is: on this computer, in the database, or none. */
export function SkillbasePage() {
  const { t } = useTranslation();
  const company = useCompany();
  const { skillbaseId } = useParams({ strict: false });
  const opened = useOpened(company.id, skillbaseId ?? null);
  if (opened.state === "failed") return <Failure error={opened.error} title={t("editor.openFailed")} onRetry={opened.retry} />;
  if (opened.state === "loading") {
    return (
      <Page title={skillbaseId ? "…" : t("skillbase.newTitle")} testid={skillbaseId ? "page-skillbase" : "page-skillbase-new"} state="loading">
        <Loading />
      </Page>
    );
  }
  return <EditorPage key={opened.session.opened.draftId} session={opened.session} view={opened.view} />;
}
