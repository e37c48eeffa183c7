//  The walls of the user interface: who may import whom.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { problems } from "../scripts/catalogues.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path) && !path.startsWith("bindings"));

function imports(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  return found.map((target) => (target.startsWith(".") ? relative(root, join(root, dirname(path), target)) : target));
}

const offenders = (rule: (path: string, target: string) => boolean) => files.flatMap((path) => imports(path).filter((target) => rule(path, target)).map((target) => `${path} -> ${target}`));
const feature = (path: string) => /^features\/([^/]+)/.exec(path)?.[1];

describe("walls", () => {
  it("keep features from each other and from the application", () => {
    expect(offenders((path, target) => feature(path) !== undefined && ((feature(target) !== undefined && feature(target) !== feature(path)) || target.startsWith("app/")))).toEqual([]);
  });

  it("keep shared parts from features and from the application", () => {
    expect(offenders((path, target) => /^(components|charts|table|api|platform|i18n)\//.test(path) && /^(features|app)\//.test(target))).toEqual([]);
  });

  it("keep Tauri in one file", () => {
    expect(offenders((path, target) => target.startsWith("@tauri-apps") && path !== "platform/tauri.ts")).toEqual([]);
  });

  it("keep colours in the tokens", () => {
    const styles = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => /^(features|app|table)\/.*\.css$/.test(path));
    expect(styles.filter((path) => /#[0-9a-f]{3,8}\b/i.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
  });
});

describe("the message catalogues", () => {
  it("hold the same in both languages, all plural forms, nothing missing and nothing unused", () => {
    expect(problems()).toEqual([]);
  });
});
