import type { TFunction } from "i18next";

import type { Condition, FieldTest } from "../model/document";

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);

export function testText(t: TFunction, { field, operator, value }: FieldTest): string {
  return `${field} ${t(`editor.operator.${operator}`)}${operator === "is_set" || operator === "is_not_set" ? "" : ` ${value}`}`;
}

/** A condition in a few words. */
export function conditionText(t: TFunction, condition: Condition, length = 80): string {
  switch (condition.type) {
    case "always":
      return t("editor.condition.always");
    case "field":
      return cut(testText(t, condition.test), length);
    case "keyword":
      return cut(condition.keywords.map((word) => `“${word}”`).join(", "), length);
    case "intent":
      return cut(condition.intent, length);
    case "custom":
      return cut(condition.rule, length);
  }
}
