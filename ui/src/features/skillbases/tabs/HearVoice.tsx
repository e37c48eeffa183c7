import { CirclePlay, Volume2 } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, rpc, toIpcError } from "../../../api";
import { Button } from "../../../components/Button";
import { InlineFailure } from "../../../components/Failure";
import { TextAreaField } from "../../../components/form";
import { useEditing } from "../parts/context";
import styles from "../parts/Parts.module.css";

const LONGEST = 500;

/** Bytes as an address that an audio element plays; the content security policy knows no other. */
function audioUrl(base64: string, type: string): string {
  return URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type }));
}

/** The voice says a sentence: the greeting, or what is typed. When the provider fails, its error is said, never a tone. */
export function HearVoice() {
  const { t } = useTranslation();
  const id = useId();
  const { companyId, store } = useEditing();
  const [text, setText] = useState(() => store.root.document.conversation.greetings[0] ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<IpcError | null>(null);
  const [sound, setSound] = useState<{ url: string; cached: boolean } | null>(null);
  useEffect(() => () => (sound ? URL.revokeObjectURL(sound.url) : undefined), [sound]);
  const length = [...text.trim()].length;
  const issue = length > LONGEST ? { code: "too_long", params: { max: String(LONGEST) } } : undefined;
  const hear = async () => {
    setBusy(true);
    setError(null);
    try {
      const { voice, identity } = store.root.document;
      const heard = await rpc("tts_preview", { companyId, text: text.trim(), tts: voice.tts, language: identity.language });
      setSound({ url: audioUrl(heard.audio, heard.mediaType), cached: heard.cached });
    } catch (thrown) {
      setSound(null);
      setError(toIpcError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.hear} data-testid="hear">
      <TextAreaField id={id} name="hear" label={t("editor.hear.text")} value={text} rows={2} issue={issue} onChange={setText} onBlur={() => undefined} aside={length > LONGEST * 0.8 ? <span>{t("editor.used", { used: length, max: LONGEST })}</span> : null} />
      <div className={styles.row}>
        <Button size="small" icon={<Volume2 />} busy={busy} disabled={length === 0 || issue !== undefined} onClick={() => void hear()} data-testid="hear-button">
          {t("editor.hear.button")}
        </Button>
        {sound ? (
          // What is said is the text above it.
          // oxlint-disable-next-line jsx-a11y/media-has-caption
          <audio src={sound.url} controls autoPlay data-testid="hear-audio" />
        ) : null}
        {sound?.cached ? (
          <span className={styles.quiet}>
            <CirclePlay aria-hidden /> {t("editor.hear.cached")}
          </span>
        ) : null}
      </div>
      {error ? <InlineFailure error={error} /> : null}
    </div>
  );
}
