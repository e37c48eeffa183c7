import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Sparkles } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { SwitchField } from "../../components/form";
import { Page } from "../../components/Page";
import { useFormat } from "../../components/useFormat";
import styles from "./Skillbases.module.css";

export function Skillbases() {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const navigate = useNavigate();
  const [archived, setArchived] = useState(false);
  const { data, error, refetch } = useQuery(query("skillbase_list", { companyId: company.id, archived }));
  const create = (
    <Button variant="primary" icon={<Plus />} onClick={() => void navigate({ to: "/skillbases/new" })} data-testid="new-skillbase">
      {t("skillbases.new")}
    </Button>
  );
  return (
    <Page
      title={t("rail.skillbases")}
      note={t("skillbases.note")}
      testid="page-skillbases"
      state={data ? "ready" : "loading"}
      actions={
        <>
          <SwitchField id="archived" name="archived" label={t("skillbases.showArchived")} value={archived} onChange={setArchived} />
          {create}
        </>
      }
    >
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data || error ? null : <Loading />}
      {data?.items.length === 0 ? <Empty icon={Sparkles} title={t("skillbases.empty")} text={t("skillbases.emptyText")} action={create} /> : null}
      <ul className={styles.cards}>
        {(data?.items ?? []).map((skillbase) => (
          <li key={skillbase.id}>
            <Link to="/skillbases/$skillbaseId" params={{ skillbaseId: skillbase.id }} className={styles.card} data-testid="skillbase-card" data-state={skillbase.archived ? "archived" : "open"}>
              <span className={styles.cardHead}>
                <strong title={skillbase.name}>{skillbase.name}</strong>
                <small>{t("skillbase.version", { version: skillbase.version })}</small>
              </span>
              <span className={styles.greeting}>{t("skillbase.quote", { text: skillbase.document.greeting })}</span>
              <span className={styles.cardFoot}>
                <span>{t(`language.${skillbase.document.language}`, { defaultValue: skillbase.document.language })}</span>
                <span>{skillbase.campaignCount === 0 ? t("skillbase.unused") : t("skillbase.usedIn", { count: skillbase.campaignCount })}</span>
                <span>{skillbase.archived ? t("skillbase.archived") : format.moment(skillbase.updatedAt)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
