import { useTranslation } from "react-i18next";

import type { DoNotCallAdded } from "../../bindings/DoNotCallAdded";
import styles from "./Contacts.module.css";
import dialogs from "./Dialogs.module.css";
import { Counts } from "./Counts";

/** What became of new entries: every one of them is in one of the first three figures. */
export function ForbidResult({ result }: { result: DoNotCallAdded }) {
  const { t } = useTranslation();
  const unseen = result.refused - result.refusals.length;
  return (
    <div className={styles.stack} data-testid="forbid-result">
      <Counts
        counts={[
          ["added", t("doNotCall.result.added"), result.added],
          ["known", t("doNotCall.result.known"), result.known],
          ["refused", t("doNotCall.result.refused"), result.refused],
        ]}
      />
      <p>{t("doNotCall.result.skipped", { count: result.skippedTasks })}</p>
      {result.refusals.length > 0 ? (
        <div className={dialogs.refusals}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("doNotCall.result.entry")}</th>
                <th scope="col">{t("doNotCall.result.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {result.refusals.map(({ entry, reason }, index) => (
                <tr key={`${index}-${entry}`} data-testid="refusal" data-reason={reason}>
                  <td title={entry}>{entry}</td>
                  <td>{t(`rejects.${reason}`, { defaultValue: t("rejects.other", { key: reason }) })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {unseen > 0 ? <p className={styles.soft}>{t("doNotCall.result.more", { count: unseen })}</p> : null}
    </div>
  );
}
