// What is in the message catalogues, and which of it the sources use. Shared by the check and by its test.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "../src");
const FORMS = { en: ["one", "other"], ru: ["one", "few", "many", "other"] };
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(node, prefix = "") {
  return Object.entries(node).flatMap(([key, value]) => (typeof value === "string" ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`)));
}

export function readCatalogue(language) {
  return new Map(flatten(JSON.parse(readFileSync(join(source, `i18n/${language}.json`), "utf8"))));
}

function sources() {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^bindings|^testing|^platform.mock/.test(path))
    .map((path) => readFileSync(join(source, path), "utf8"));
}

/** Keys written out, and patterns of those that are put together. */
export function usedKeys() {
  const exact = new Set();
  const patterns = [];
  for (const text of sources()) {
    for (const [, key] of text.matchAll(/"([a-zA-Z][\w]*(?:\.[\w]+)+)"/g)) exact.add(key);
    for (const [, key] of text.matchAll(/`([a-zA-Z]\w*\.[^`]*\$\{[^`]*)`/g)) patterns.push(new RegExp(`^${key.replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "\u0000").replace(/[.*+?^()|[\]\\]/g, "\\$&").replaceAll("\u0000", "[^.]+")}$`));
  }
  return { exact, patterns };
}

const base = (key) => key.replace(PLURAL, "");

/** Everything that is wrong, as sentences; none when the catalogues are complete. */
export function problems() {
  const found = [];
  const catalogues = { en: readCatalogue("en"), ru: readCatalogue("ru") };
  const { exact, patterns } = usedKeys();
  for (const [language, catalogue] of Object.entries(catalogues)) {
    const other = catalogues[language === "en" ? "ru" : "en"];
    const otherBases = new Set([...other.keys()].map(base));
    const plural = new Set([...catalogue.keys()].filter((key) => /_(one|few|many)$/.test(key)).map(base));
    for (const key of catalogue.keys()) if (!otherBases.has(base(key))) found.push(`${key} is in ${language} only`);
    for (const key of plural) for (const form of FORMS[language]) if (!catalogue.has(`${key}_${form}`)) found.push(`${language}: ${key}_${form} is missing`);
    for (const [key, text] of catalogue) {
      const twin = other.get(key);
      const names = (message) => [...new Set([...message.matchAll(/\{\{(\w+)/g)].map(([, name]) => name))].toSorted().join();
      if (twin !== undefined && names(text) !== names(twin)) found.push(`${key} has other placeholders in ${language}`);
    }
  }
  const english = catalogues.en;
  const bases = new Set([...english.keys()].flatMap((key) => [key, base(key)]));
  const sections = new Set([...english.keys()].map((key) => key.split(".")[0]));
  for (const key of exact) if (sections.has(key.split(".")[0]) && !bases.has(key) && !key.endsWith(".json")) found.push(`${key} is used and missing`);
  for (const key of new Set([...english.keys()].map(base))) {
    const used = exact.has(key) || patterns.some((pattern) => pattern.test(key)) || [...english.keys()].some((full) => base(full) === key && (exact.has(full) || patterns.some((pattern) => pattern.test(full))));
    if (!used) found.push(`${key} is in the catalogues and unused`);
  }
  return found;
}
