import { FileUp } from "lucide-react";
import { useTranslation } from "react-i18next";

import styles from "./Lists.module.css";

/** Where a file can be dropped, and a button for those who would rather choose it. The whole window takes files too. */
export function DropZone({ onPick, large = false }: { onPick: () => void; large?: boolean }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.drop} data-large={large || undefined} onClick={onPick} data-testid="drop-zone">
      <FileUp aria-hidden strokeWidth={1.5} />
      <span>
        <strong>{t("lists.drop")}</strong>
        <span>{t("lists.dropHelp")}</span>
      </span>
    </button>
  );
}
