//  Fields that are bound to a place of the draft. Each draws itself again for its own place only.
import { memo, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Choice, NumberField, SearchField, SegmentedField, SelectField, SwitchField, TextAreaField, TextField } from "../../../components/form";
import { write } from "../model/path";
import { useEdit, useEditing, useProblem, useValue } from "./context";

interface Props {
  path: string;
  label: string;
  help?: ReactNode;
}

/** From this share of the longest text on, how much is left is worth saying. */
const NEAR = 0.8;

function Count({ value, max }: { value: string; max: number | undefined }) {
  const { t } = useTranslation();
  if (max === undefined || value.length < max * NEAR) return null;
  return <span>{t("editor.used", { used: [...value.trim()].length, max })}</span>;
}

function useBound(path: string) {
  const { problems } = useEditing();
  const issue = useProblem(path);
  return { id: `editor-${path}`, name: path, issue, onBlur: () => problems.touch(path) };
}

export const DocText = memo(function DocText({ path, label, help, max, mono = false, placeholder }: Props & { max?: number; mono?: boolean; placeholder?: string }) {
  const value = useValue<string>(path);
  const edit = useEdit();
  return <TextField {...useBound(path)} value={value} label={label} help={help} mono={mono} placeholder={placeholder ?? ""} aside={<Count value={value} max={max} />} onChange={(next) => edit.type(path, next)} />;
});

const LINE = 72;

/** Rows that the text needs, without asking the browser to measure it at every key. */
function rowsFor(value: string, least: number): number {
  const lines = value.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE)), 0);
  return Math.min(16, Math.max(least, lines));
}

export const DocArea = memo(function DocArea({ path, label, help, max, rows = 3, placeholder }: Props & { max?: number; rows?: number; placeholder?: string }) {
  const value = useValue<string>(path);
  const edit = useEdit();
  return <TextAreaField {...useBound(path)} value={value} label={label} help={help} rows={rowsFor(value, rows)} placeholder={placeholder ?? ""} aside={<Count value={value} max={max} />} onChange={(next) => edit.type(path, next)} />;
});

interface NumberProps extends Props {
  min: number;
  max: number;
  unit?: string;
  whole?: boolean;
  /** Empty means none. */
  optional?: boolean;
}

/** A number. What is typed and is no such number stays in the field, with its message, and out of the document. */
export const DocNumber = memo(function DocNumber({ path, label, help, min, max, unit, whole = true, optional = false }: NumberProps) {
  const { i18n } = useTranslation();
  const value = useValue<number | null>(path);
  const { problems } = useEditing();
  const edit = useEdit();
  const bound = useBound(path);
  // The text is this field's for as long as it says the number that the document has, or none.
  const [typed, setTyped] = useState<{ text: string; value: number | null } | null>(null);
  const shown = value === null ? "" : i18n.language === "ru" ? String(value).replace(".", ",") : String(value);
  const kept = typed !== null && Object.is(typed.value, value) ? typed.text : shown;
  const change = (text: string) => {
    const tidy = text.trim().replace(",", ".");
    const number = (whole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(tidy) ? Number(tidy) : Number.NaN;
    const empty = tidy === "" && optional;
    const right = empty || (number >= min && number <= max);
    const next = right ? (empty ? null : number) : value;
    setTyped({ text, value: next });
    problems.text(path, right ? null : { path, code: tidy === "" ? "required" : "range", params: { min: String(min), max: String(max) }, severity: "error" });
    if (right) edit.type(path, next);
  };
  return <NumberField {...bound} value={kept} label={label} help={help} onChange={change} {...(unit === undefined ? {} : { unit })} />;
});

/** A choice of nothing: the document has an empty text there, for which a list of choices has no entry. */
export const NONE = "\u2013";

/** With `none`, the choice {@link NONE} stands for an empty text. */
export const DocSelect = memo(function DocSelect({ path, label, help, choices, placeholder, none = false }: Props & { choices: readonly Choice[]; placeholder?: string; none?: boolean }) {
  const value = useValue<string>(path);
  const edit = useEdit();
  const choose = (next: string) => edit.change(path, (root) => write(root, path, none && next === NONE ? "" : next));
  return <SelectField {...useBound(path)} value={none && value === "" ? NONE : value} label={label} help={help} choices={choices} placeholder={placeholder ?? ""} onChange={choose} />;
});

export const DocSearch = memo(function DocSearch({ path, label, help, choices, placeholder }: Props & { choices: readonly Choice[]; placeholder?: string }) {
  const value = useValue<string>(path);
  const edit = useEdit();
  return <SearchField {...useBound(path)} value={value} label={label} help={help} choices={choices} placeholder={placeholder ?? ""} onChange={(next) => edit.change(path, (root) => write(root, path, next))} />;
});

export const DocSegmented = memo(function DocSegmented({ path, label, help, choices }: Props & { choices: readonly Choice[] }) {
  const value = useValue<string>(path);
  const edit = useEdit();
  return <SegmentedField {...useBound(path)} value={value} label={label} help={help} choices={choices} onChange={(next) => edit.change(path, (root) => write(root, path, next))} />;
});

export const DocSwitch = memo(function DocSwitch({ path, label, help }: { path: string; label: string; help?: string }) {
  const value = useValue<boolean>(path);
  const edit = useEdit();
  return <SwitchField id={`editor-${path}`} name={path} value={value} label={label} {...(help === undefined ? {} : { help })} onChange={(next) => edit.change(path, (root) => write(root, path, next))} />;
});
