import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ImportPreview } from "../../bindings/ImportPreview";
import type { LayoutChoice } from "../../bindings/LayoutChoice";
import { type Choice, SelectField } from "../form";
import { useFormat } from "../useFormat";

const DELIMITERS: Record<string, string> = { ";": "semicolon", ",": "comma", "\t": "tab", "|": "bar" };
const HEADER_LINES = 20;

interface Props {
  preview: ImportPreview;
  onChange: (change: Partial<LayoutChoice>) => void;
}

const asIs = (values: readonly string[]): Choice[] => values.map((value) => ({ value, label: value }));

/** How the file is read, as far as a person may correct it. */
export function Layout({ preview, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { encoding, encodings, delimiter, sheets, sheet, headerRow } = preview;
  const shared = { issue: undefined, onBlur: () => undefined };
  const delimiters = useMemo((): Choice[] => {
    const known = Object.entries(DELIMITERS).map(([value, name]) => ({ value, label: t(`import.delimiters.${name}`) }));
    return delimiter === null || delimiter in DELIMITERS ? known : [...known, { value: delimiter, label: delimiter }];
  }, [delimiter, t]);
  const lines = useMemo((): Choice[] => {
    const numbered = Array.from({ length: Math.max(HEADER_LINES, headerRow) }, (_, index) => ({ value: String(index + 1), label: t("import.headerLine", { line: format.number(index + 1) }) }));
    return [{ value: "0", label: t("import.noHeader") }, ...numbered];
  }, [headerRow, format, t]);
  return (
    <>
      {sheet === null ? null : (
        <SelectField
          {...shared}
          id="import-sheet"
          name="sheet"
          label={t("import.sheet")}
          value={sheet}
          choices={sheets.map(({ name, hidden }) => ({ value: name, label: name, ...(hidden ? { note: t("import.hiddenSheet") } : {}) }))}
          onChange={(next) => onChange({ sheet: next })}
        />
      )}
      {encoding === null ? null : <SelectField {...shared} id="import-encoding" name="encoding" label={t("import.encoding")} value={encoding} choices={asIs(encodings.includes(encoding) ? encodings : [encoding, ...encodings])} onChange={(next) => onChange({ encoding: next })} />}
      {delimiter === null ? null : <SelectField {...shared} id="import-delimiter" name="delimiter" label={t("import.delimiter")} value={delimiter} choices={delimiters} onChange={(next) => onChange({ delimiter: next })} />}
      <SelectField {...shared} id="import-header" name="headerRow" label={t("import.header")} value={String(headerRow)} choices={lines} onChange={(next) => onChange({ headerRow: Number(next) })} />
    </>
  );
}
