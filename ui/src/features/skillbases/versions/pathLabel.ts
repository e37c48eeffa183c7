//  Words for a place of a skillbase: "Conversation › State “Offer” › Prompt". The same for problems, differences,
//  comparisons and the origins of the prompt.
import type { TFunction } from "i18next";

import type { SkillbaseText } from "../model/check";
import { readNamed } from "../model/compare";
import { join } from "../model/path";
import { tabOf } from "../model/places";

const SECTIONS = new Set(["identity", "conversation", "voice", "lead", "knowledge", "outcomes"]);
/** Said by the tab, or by what is inside of them. */
const SILENT = new Set(["document", "flow", "config", "validation", ...SECTIONS]);

const cut = (text: string) => (text.length > 36 ? `${text.slice(0, 35).trimEnd()}…` : text);

/** What an item of a list is called, where it has a name. */
function itemName(root: unknown, path: string): string | null {
  const item = readNamed(root, path);
  if (typeof item !== "object" || item === null) return null;
  const named = item as Record<string, unknown>;
  const name = [named["name"], named["id"]].find((value) => typeof value === "string" && value !== "");
  return typeof name === "string" ? cut(name) : null;
}

export function pathLabel(t: TFunction, path: string, root: SkillbaseText): string {
  const keys = path.split(".");
  const words: string[] = [];
  let at = "";
  for (const key of keys) {
    const list = at;
    at = join(at, key);
    if (key === "#order") words.push(t("editor.key.order"));
    else if (/^\d+$/.test(key) || key.startsWith("#")) {
      const index = /^\d+$/.test(key) ? Number(key) + 1 : null;
      const name = itemName(root, at) ?? (key.startsWith("#") ? cut(key.slice(1)) : null);
      const listKey = list.split(".").at(-1) ?? "";
      words.pop();
      words.push(name === null ? t("editor.item", { list: t(`editor.key.${listKey}`, { defaultValue: listKey }), index }) : t("editor.itemNamed", { list: t(`editor.key.${listKey}`, { defaultValue: listKey }), name }));
    } else if (!SILENT.has(key)) {
      const single = t(`editor.key.${key}`, { defaultValue: key });
      words.push(at === path ? t(`editor.keys.${key}`, { defaultValue: single }) : single);
    }
  }
  const tab = path.startsWith("document.") ? t(`editor.tab.${tabOf(path)}`) : null;
  return [...(tab === null ? [] : [tab]), ...words].join(" › ");
}

/** A value as a person reads it. */
export function valueText(t: TFunction, value: unknown): string {
  if (value === undefined || value === null || value === "") return t("editor.value.none");
  if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? t("editor.value.none") : value.map((item) => (typeof item === "object" ? itemText(item) : `– ${String(item)}`)).join("\n");
  return itemText(value);
}

function itemText(value: unknown): string {
  const named = value as Record<string, unknown> | null;
  const name = named && [named["name"], named["condition"], named["id"]].find((part) => typeof part === "string" && part !== "");
  if (named && typeof named["from"] === "string") return `– ${named["from"]} → ${String(named["to"])}`;
  return typeof name === "string" ? `– ${name}` : JSON.stringify(value, null, 1);
}
