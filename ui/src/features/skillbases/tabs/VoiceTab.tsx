import { memo } from "react";
import { useTranslation } from "react-i18next";

import { MAX } from "../model/check";
import { DocNumber, DocSelect, DocText } from "../parts/fields";
import { Part } from "../parts/Part";
import styles from "../parts/Parts.module.css";
import { HearVoice } from "./HearVoice";

const AT = "document.voice";
/** Names of companies are the same in every language. */
const named = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));
const TTS = named({ cartesia: "Cartesia", elevenlabs: "ElevenLabs", openai: "OpenAI" });
const STT = named({ deepgram: "Deepgram", assemblyai: "AssemblyAI", openai: "OpenAI" });
const LLM = named({ groq: "Groq", openai: "OpenAI", ollama: "Ollama", anthropic: "Anthropic" });

export const VoiceTab = memo(function VoiceTab() {
  const { t } = useTranslation();
  return (
    <>
      <Part title={t("editor.voice.speaks")} note={t("editor.voice.speaksNote")}>
        <div className={styles.two}>
          <DocSelect path={`${AT}.tts.provider`} label={t("editor.voice.provider")} choices={TTS} />
          <DocText path={`${AT}.tts.voiceId`} mono max={MAX.short} label={t("editor.voice.voiceId")} />
        </div>
        <DocNumber path={`${AT}.tts.speed`} min={0.5} max={2} whole={false} unit={t("editor.unit.times")} label={t("editor.voice.speed")} help={t("editor.voice.speedHelp")} />
        <HearVoice />
      </Part>
      <Part title={t("editor.voice.hears")}>
        <div className={styles.two}>
          <DocSelect path={`${AT}.stt.provider`} label={t("editor.voice.provider")} choices={STT} />
          <DocText path={`${AT}.stt.language`} mono max={35} label={t("editor.voice.sttLanguage")} help={t("editor.voice.sttLanguageHelp")} />
        </div>
      </Part>
      <Part title={t("editor.voice.thinks")} note={t("editor.voice.thinksNote")}>
        <div className={styles.two}>
          <DocSelect path={`${AT}.llm.provider`} label={t("editor.voice.provider")} choices={LLM} />
          <DocText path={`${AT}.llm.model`} mono max={MAX.short} label={t("editor.voice.model")} />
          <DocNumber path={`${AT}.llm.temperature`} min={0} max={2} whole={false} label={t("editor.voice.temperature")} help={t("editor.voice.temperatureHelp")} />
          <DocNumber path={`${AT}.llm.maxTokens`} min={1} max={32_768} optional unit={t("editor.unit.tokens")} label={t("editor.voice.maxTokens")} help={t("editor.voice.maxTokensHelp")} />
        </div>
      </Part>
      <Part title={t("editor.voice.length")}>
        <DocNumber path={`${AT}.maxCallSeconds`} min={60} max={3_600} unit={t("editor.unit.seconds")} label={t("editor.voice.maxCallSeconds")} help={t("editor.voice.maxCallSecondsHelp")} />
      </Part>
    </>
  );
});
