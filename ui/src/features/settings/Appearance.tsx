import { useTranslation } from "react-i18next";

import { SegmentedField, SwitchField } from "../../components/form";
import { type Preferences, prefer, usePreferences } from "../../components/preferences";
import { LANGUAGES } from "../../i18n";
import { Head } from "./parts";
import styles from "./Settings.module.css";

const THEMES: readonly Preferences["theme"][] = ["system", "light", "dark"];
const DENSITIES: readonly Preferences["density"][] = ["comfortable", "compact"];

export function Appearance() {
  const { t } = useTranslation();
  const { language, theme, density, letterKeys } = usePreferences();
  const fixed = { issue: undefined, onBlur: () => undefined };
  return (
    <div>
      <Head title={t("settings.appearance")} note={t("appearance.note")} />
      <div className={styles.stack}>
        <SegmentedField
          {...fixed}
          id="language"
          name="language"
          label={t("appearance.language")}
          value={language}
          onChange={(next) => prefer({ language: LANGUAGES.find((known) => known === next) ?? language })}
          choices={LANGUAGES.map((value) => ({ value, label: t(`language.own.${value}`) }))}
        />
        <SegmentedField {...fixed} id="theme" name="theme" label={t("appearance.theme")} value={theme} onChange={(next) => prefer({ theme: THEMES.find((known) => known === next) ?? theme })} choices={THEMES.map((value) => ({ value, label: t(`appearance.themes.${value}`) }))} />
        <SegmentedField
          {...fixed}
          id="density"
          name="density"
          label={t("appearance.density")}
          help={t("appearance.densityHelp")}
          value={density}
          onChange={(next) => prefer({ density: DENSITIES.find((known) => known === next) ?? density })}
          choices={DENSITIES.map((value) => ({ value, label: t(`appearance.densities.${value}`) }))}
        />
        <SwitchField id="letterKeys" name="letterKeys" label={t("appearance.letterKeys")} help={t("appearance.letterKeysHelp")} value={letterKeys} onChange={(next) => prefer({ letterKeys: next })} />
      </div>
    </div>
  );
}
