import { useEffect, useId, useMemo, useState } from "react";

import { type IpcError, toIpcError } from "../../api";
import { type FieldIssue, type FieldIssues, issuesFromHost } from "./checks";

interface Options<V> {
  initial: V;
  check: (values: V) => FieldIssues;
  /** Keeps what was typed over navigation and reload, until it is saved or discarded. */
  draft?: string;
}

export interface FieldProps<T> {
  id: string;
  value: T;
  issue: FieldIssue | undefined;
  onChange: (value: T) => void;
  onBlur: () => void;
  name: string;
}

const DRAFT = "callboard.draft.";

function readDraft<V>(name: string | undefined): V | null {
  try {
    const text = name === undefined ? null : sessionStorage.getItem(DRAFT + name);
    return text === null ? null : (JSON.parse(text) as V);
  } catch {
    return null;
  }
}

function keepDraft(name: string | undefined, values: unknown): void {
  if (name === undefined) return;
  if (values === null) sessionStorage.removeItem(DRAFT + name);
  else sessionStorage.setItem(DRAFT + name, JSON.stringify(values));
}

export type Form<V extends object> = ReturnType<typeof useForm<V>>;

export function useForm<V extends object>({ initial, check, draft }: Options<V>) {
  const prefix = useId();
  const [base, setBase] = useState(initial);
  const [values, setValues] = useState<V>(() => readDraft<V>(draft) ?? initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<FieldIssues>({});
  const [error, setError] = useState<IpcError | null>(null);
  const [busy, setBusy] = useState(false);

  const issues = useMemo(() => check(values), [check, values]);
  const dirty = JSON.stringify(values) !== JSON.stringify(base);

  useEffect(() => keepDraft(draft, dirty ? values : null), [draft, dirty, values]);

  const touch = (name: string) => setTouched((old) => (old.has(name) ? old : new Set([...old, name])));

  const set = (change: Partial<V>) => {
    setValues((old) => ({ ...old, ...change }));
    const names = Object.keys(change);
    const stays = (name: string) => !names.some((changed) => name === changed || name.startsWith(`${changed}.`));
    setRefused((old) => Object.fromEntries(Object.entries(old).filter(([name]) => stays(name))));
  };

  /** What is shown at a field: the host's refusal first, then ours once the field was left. */
  const issue = (name: string): FieldIssue | undefined =>
    refused[name] ?? (touched.has(name) || touched.has("*") ? issues[name] : undefined);

  const focusFirst = (names: string[]) => {
    requestAnimationFrame(() => {
      const fields = [...(document.getElementById(prefix)?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
      const field = fields.find((element) => names.includes(element.dataset["field"] ?? ""));
      field?.querySelector<HTMLElement>("input, textarea, button, [tabindex]")?.focus();
    });
  };

  return {
    values,
    set,
    issue,
    issues,
    /** Everything that is shown at a field now, for the list of problems. */
    shown: Object.fromEntries(
      [...new Set([...Object.keys(issues), ...Object.keys(refused)])].flatMap((name) => {
        const found = issue(name);
        return found ? [[name, found]] : [];
      }),
    ) as FieldIssues,
    error,
    busy,
    dirty,
    /** For the form element, whose first wrong field gets the focus. */
    id: prefix,
    bind<K extends keyof V & string>(name: K): FieldProps<V[K]> {
      return {
        id: `${prefix}${name}`,
        name,
        value: values[name],
        issue: issue(name),
        onChange: (value) => set({ [name]: value } as unknown as Partial<V>),
        onBlur: () => touch(name),
      };
    },
    touch,
    discard() {
      setValues(base);
      setTouched(new Set());
      setRefused({});
      setError(null);
    },
    /** Takes what the host stored as the new starting point. */
    settle(stored: V) {
      setBase(stored);
      setValues(stored);
      setTouched(new Set());
      setRefused({});
      setError(null);
    },
    async submit(send: (values: V) => Promise<unknown>): Promise<boolean> {
      setTouched(new Set(["*"]));
      setError(null);
      const wrong = Object.keys(issues);
      if (wrong.length > 0) {
        focusFirst(wrong);
        return false;
      }
      setBusy(true);
      try {
        await send(values);
        keepDraft(draft, null);
        return true;
      } catch (thrown) {
        const fault = toIpcError(thrown);
        const fields = issuesFromHost(fault.fields);
        setRefused(fields);
        focusFirst(Object.keys(fields));
        const known = fault.fields.length > 0 && Object.keys(fields).every((name) => name.split(".")[0] as string in values);
        setError(known ? null : fault);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
