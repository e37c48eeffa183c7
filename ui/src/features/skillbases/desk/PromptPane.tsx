import { Copy, CornerDownLeft } from "lucide-react";
import { memo, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, rpc, toIpcError } from "../../../api";
import type { PromptPreview } from "../../../bindings/PromptPreview";
import { IconButton } from "../../../components/Button";
import { useCompany } from "../../../components/company";
import { InlineFailure } from "../../../components/Failure";
import { Loading } from "../../../components/Feedback";
import { toast } from "../../../components/toasts";
import { useFormat } from "../../../components/useFormat";
import type { SkillbaseDocument } from "../model/document";
import { useEditing, useValue } from "../parts/context";
import { pathLabel } from "../versions/pathLabel";
import styles from "./Desk.module.css";

const PAUSE_MS = 400;

/** The prompt of what is being edited, asked for when the person pauses. The one before stays until the next is there. */
function usePrompt(): { preview: PromptPreview | null; error: IpcError | null; old: boolean } {
  const company = useCompany();
  const document = useValue<SkillbaseDocument>("document");
  const [answer, setAnswer] = useState<{ of: SkillbaseDocument; preview: PromptPreview } | null>(null);
  const [error, setError] = useState<IpcError | null>(null);
  const first = answer === null;
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(
      () =>
        rpc("skillbase_prompt_preview", { companyId: company.id, companyName: company.name, document }).then(
          (preview) => {
            if (gone) return;
            setAnswer({ of: document, preview });
            setError(null);
          },
          (thrown: unknown) => (gone ? undefined : setError(toIpcError(thrown))),
        ),
      first ? 0 : PAUSE_MS,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [company, document, first]);
  return { preview: answer?.preview ?? null, error, old: answer !== null && answer.of !== document };
}

export const PromptPane = memo(function PromptPane({ onJump }: { onJump: (path: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { store } = useEditing();
  const { preview, error, old } = usePrompt();
  if (!preview) return error ? <InlineFailure error={error} /> : <Loading rows={8} />;
  const copy = () => void navigator.clipboard.writeText(preview.text).then(() => toast(t("common.copied")));
  return (
    <div className={styles.prompt} data-testid="prompt" data-state={old ? "old" : "current"}>
      <header>
        <span>
          <strong data-numeric="">{t("editor.prompt.tokens", { count: preview.tokens, tokens: format.number(preview.tokens) })}</strong>
          <small>{t("editor.prompt.about")}</small>
        </span>
        <IconButton size="small" label={t("common.copy")} icon={<Copy />} onClick={copy} />
      </header>
      {error ? <InlineFailure error={error} /> : null}
      {preview.offline ? <p className={styles.note}>{t("editor.prompt.offline")}</p> : null}
      {preview.sections.map((section) => {
        const places = section.origins.filter((origin) => origin !== "base" && origin !== "company");
        const from = section.origins.includes("base") ? t(preview.builtInBase ? "editor.prompt.builtIn" : "editor.prompt.base") : places.length === 0 ? t("editor.prompt.company") : null;
        const place = places[0];
        return (
          <section key={section.key} data-testid="prompt-section" data-key={section.key}>
            <h3>
              {t(`editor.section.${section.key}`)}
              <small data-numeric="">{format.number(section.tokens)}</small>
            </h3>
            {from === null && place !== undefined ? (
              <button type="button" className={styles.origin} onClick={() => onJump(`document.${place}`)} title={places.map((origin) => pathLabel(t, `document.${origin}`, store.root)).join("\n")}>
                <CornerDownLeft aria-hidden />
                {pathLabel(t, `document.${place}`, store.root)}
                {places.length > 1 ? t("editor.prompt.more", { count: places.length - 1 }) : null}
              </button>
            ) : (
              <span className={styles.origin}>{from}</span>
            )}
            <pre>{section.text}</pre>
          </section>
        );
      })}
    </div>
  );
});
