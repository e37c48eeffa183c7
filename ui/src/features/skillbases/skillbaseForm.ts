import type { SkillbaseForm } from "../../bindings/SkillbaseForm";
import type { SkillbaseView } from "../../bindings/SkillbaseView";
import { Checker, type FieldIssues } from "../../components/form";

export interface SkillbaseValues {
  name: string;
  description: string;
  role: string;
  style: string;
  greeting: string;
  language: string;
  rules: string[];
  facts: string[];
}

const LONG = 500;
export const MAX_ITEMS = 100;

export const emptySkillbase = (language: string): SkillbaseValues => ({ name: "", description: "", role: "", style: "", greeting: "", language, rules: [], facts: [] });

export function skillbaseValues({ name, description, document }: SkillbaseView): SkillbaseValues {
  const { role, style, greeting, language, rules, facts } = document;
  return { name, description, role, style, greeting, language, rules, facts };
}

export function checkSkillbase(values: SkillbaseValues): FieldIssues {
  const check = new Checker().text("name", values.name, 1, 255).text("description", values.description, 0, 2000).text("role", values.role, 1, LONG).text("style", values.style, 1, LONG).text("greeting", values.greeting, 1, LONG);
  for (const list of ["rules", "facts"] as const) values[list].forEach((item, index) => check.text(`${list}.${index}`, item, 1, LONG));
  return check.issues;
}

export function toSkillbaseForm(values: SkillbaseValues, companyId: string): SkillbaseForm {
  const { name, description, ...document } = values;
  const trimmed = (items: string[]) => items.map((item) => item.trim());
  return {
    companyId,
    name: name.trim(),
    description: description.trim(),
    document: { ...document, format: 1, role: document.role.trim(), style: document.style.trim(), greeting: document.greeting.trim(), rules: trimmed(document.rules), facts: trimmed(document.facts) },
  };
}

export type EditorTab = "about" | "talk" | "rules" | "facts";

/** The tab on which a field is, by the first part of its name. */
export function tabOf(field: string): EditorTab {
  if (field.startsWith("rules")) return "rules";
  if (field.startsWith("facts")) return "facts";
  return field === "name" || field === "description" ? "about" : "talk";
}
