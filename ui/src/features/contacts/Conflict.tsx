import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { type ContactValues, differences } from "./contactForm";
import styles from "./Contacts.module.css";

interface Props {
  opened: ContactValues;
  newest: ContactValues;
  mine: ContactValues;
  onTake: (keepMine: boolean) => void;
}

/** Somebody else saved meanwhile: what they changed, and what becomes of what I typed. */
export function Conflict({ opened, newest, mine, onTake }: Props) {
  const { t } = useTranslation();
  const changed = differences(opened, newest, mine);
  const said = (text: string) => (text === "" ? t("contacts.conflict.blank") : text);
  return (
    <div className={styles.conflict} role="alert" data-testid="conflict">
      <h2>
        <TriangleAlert aria-hidden />
        {t("contacts.conflict.title")}
      </h2>
      {changed.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("contacts.conflict.field")}</th>
              <th scope="col">{t("contacts.conflict.before")}</th>
              <th scope="col">{t("contacts.conflict.theirs")}</th>
              <th scope="col">{t("contacts.conflict.mine")}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map((one) => (
              <tr key={one.field} data-testid="conflict-field" data-field={one.field}>
                <th scope="row">{t(`contacts.field.${one.field}`)}</th>
                <td>{said(one.before)}</td>
                <td>{said(one.theirs)}</td>
                <td>{one.mine === null ? t("contacts.conflict.notMine") : said(one.mine)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{t("contacts.conflict.nothing")}</p>
      )}
      <div className={styles.row}>
        <Button variant="primary" size="small" onClick={() => onTake(true)} data-testid="conflict-keep">
          {t("contacts.conflict.keep")}
        </Button>
        <Button size="small" onClick={() => onTake(false)} data-testid="conflict-drop">
          {t("contacts.conflict.drop")}
        </Button>
      </div>
    </div>
  );
}
