import { useState } from "react";
import { useTranslation } from "react-i18next";

import { rpc } from "../../api";
import type { FileFormat } from "../../bindings/FileFormat";
import type { TemplateKind } from "../../bindings/TemplateKind";
import { Button } from "../../components/Button";
import { useFormat } from "../../components/useFormat";
import { useSaveFile } from "../../components/useSaveFile";
import styles from "./Lists.module.css";

const KINDS: readonly TemplateKind[] = ["basic", "advanced"];
const FORMATS: readonly FileFormat[] = ["xlsx", "csv"];

/** Files to fill in, for those who have no list yet. */
export function Templates() {
  const { t } = useTranslation();
  const { language } = useFormat();
  const saveFile = useSaveFile();
  const [busy, setBusy] = useState("");
  const save = async (kind: TemplateKind, format: FileFormat) => {
    setBusy(kind + format);
    await saveFile(() => rpc("template_save", { kind, format, language }));
    setBusy("");
  };
  return (
    <section className={styles.templates} aria-label={t("template.title")} data-testid="templates">
      <h3>{t("template.title")}</h3>
      <ul>
        {KINDS.map((kind) => (
          <li key={kind}>
            <span title={t(`template.holds.${kind}`)}>
              <strong>{t(`template.kind.${kind}`)}</strong>
              <small>{t(`template.holds.${kind}`)}</small>
            </span>
            {FORMATS.map((format) => (
              <Button
                key={format}
                size="small"
                busy={busy === kind + format}
                aria-label={t("template.save", { kind: t(`template.kind.${kind}`), format: t(`fileFormat.${format}`) })}
                onClick={() => void save(kind, format)}
                data-testid={`template-${kind}-${format}`}
              >
                {t(`fileFormat.${format}`)}
              </Button>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
