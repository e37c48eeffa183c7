import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Button } from "../Button";
import { useCompany } from "../company";
import { Dialog } from "../Dialog";
import { Failure } from "../Failure";
import { Loading } from "../Feedback";
import { useFormat } from "../useFormat";
import styles from "./Import.module.css";
import { ReportBody, SaveRejects } from "./Report";

export function ReportDialog({ callListId, onClose }: { callListId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { data, error, refetch } = useQuery(query("import_get", { companyId: company.id, callListId }));
  return (
    <Dialog
      open
      onClose={onClose}
      size="wide"
      testid="import-past"
      title={data?.fileName ?? t("import.past")}
      actions={
        <>
          {data ? <SaveRejects report={data} /> : null}
          <Button variant="primary" onClick={onClose}>
            {t("common.done")}
          </Button>
        </>
      }
    >
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          <p className={styles.hint}>{t("import.when", { campaign: data.campaignName, at: format.dateTime(data.createdAt) })}</p>
          <ReportBody report={data} planned={false} />
        </>
      ) : error ? null : (
        <Loading />
      )}
    </Dialog>
  );
}
