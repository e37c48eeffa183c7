// Takes pictures of every screen of the mock build, for people to look at: node scripts/shots.mjs [name-part] [variant...]
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../shots/", import.meta.url));
const [only = "", ...variants] = process.argv.slice(2);
const ID = (n) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

const click = (testid) => (page) => page.getByTestId(testid).first().click();
const give = (name) => async (page) => {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), click("drop-zone")(page)]);
  await chooser.setFiles({ name, mimeType: "text/csv", buffer: Buffer.from("phone") });
  await page.getByTestId("preview-table").waitFor();
};
const PAGES = [
  ["setup", "/?mock=setup"],
  ["refused", "/?mock=refused"],
  ["live", "/"],
  ["live-empty", "/?mock=empty"],
  ["live-fail", "/?mock=fail"],
  ["live-slow", "/?mock=slow"],
  ["campaigns", "/campaigns"],
  ["campaigns-empty", "/campaigns?mock=empty"],
  ["campaign", `/campaigns/${ID(100)}/overview`],
  ["campaign-window", `/index.html?company=${ID(1)}&campaign=${ID(101)}`],
  ["campaign-draft", `/campaigns/${ID(104)}/overview`],
  ["campaign-huge", `/campaigns/${ID(105)}/overview`],
  ["queue", `/campaigns/${ID(100)}/queue`],
  ["campaign-calls", `/campaigns/${ID(100)}/calls`],
  ["campaign-settings", `/campaigns/${ID(100)}/settings`],
  ["campaign-new", "/campaigns/new", click("save")],
  ["start", `/campaigns/${ID(103)}/overview`, async (page) => { await click("campaign-menu")(page); await click("menu-start")(page); }],
  ["campaign-form-when", `/campaigns/${ID(100)}/settings`, async (page) => { await page.getByTestId("hours-grid").evaluate((element) => element.scrollIntoView({ block: "start" })); }],
  ["campaign-form-closed", `/campaigns/${ID(101)}/settings`, async (page) => { await page.getByTestId("field-closedDays").evaluate((element) => element.scrollIntoView({ block: "center" })); }],
  ["campaign-form-retries", `/campaigns/${ID(100)}/settings`, async (page) => { await page.getByTestId("retry-table").evaluate((element) => element.scrollIntoView({ block: "start" })); }],
  ["campaign-form-retry", `/campaigns/${ID(100)}/settings`, async (page) => { await page.getByTestId("retry-no_answer").getByTestId("retry-row").click(); await page.getByTestId("retry-editor").evaluate((element) => element.scrollIntoView({ block: "center" })); }],
  ["campaign-form-wrong", "/campaigns/new", async (page) => { await page.getByTestId("field-hours.1.closes").or(page.getByTestId("field-hours.0.closes")).first().fill("9:5x"); await page.getByTestId("save").click(); await page.getByTestId("hours-grid").evaluate((element) => element.scrollIntoView({ block: "start" })); }],
  ["campaign-broken", `/campaigns/${ID(101)}/overview`],
  ["campaign-limits", `/campaigns/${ID(100)}/overview`, (page) => page.getByTestId("limits-now").evaluate((element) => element.scrollIntoView({ block: "start" }))],
  ["start-draft", `/campaigns/${ID(104)}/overview`, async (page) => { await click("action-start")(page); }],
  ["queue-why", `/campaigns/${ID(100)}/queue`, async (page) => { await page.getByTestId("why-button").nth(2).click(); await page.getByTestId("why").getByTestId("dialing").waitFor(); }],
  ["queue-menu", `/campaigns/${ID(100)}/queue`, async (page) => { await page.getByTestId("task-menu").nth(2).click(); }],
  ["callback", `/campaigns/${ID(100)}/queue`, async (page) => { await page.getByTestId("task-menu").nth(1).click(); await click("menu-callback")(page); }],
  ["call-now", `/contacts/${ID(40001)}`, click("call-now-button")],
  ["call-now-queued", `/contacts/${ID(40001)}`, async (page) => { await click("call-now-button")(page); await click("confirm")(page); await click("call-now-place")(page); }],
  ["notices", "/", async (page) => { await click("notices")(page); await page.getByTestId("notice").first().waitFor(); }],
  ["notices-empty", "/?mock=empty", click("notices")],
  ["settings-trunks", "/settings/trunks"],
  ["settings-holidays", "/settings/holidays"],
  ["settings-limits-empty", "/settings/limits?mock=empty"],
  ["settings-limits-fail", "/settings/limits?mock=fail"],
  ["menu", `/campaigns/${ID(100)}/overview`, click("campaign-menu")],
  ["lists", "/lists"],
  ["import-file", "/lists/import"],
  ["import-columns", "/lists/import", give("контакты на ноябрь.csv")],
  ["import-nophone", "/lists/import", give("nophone.xlsx")],
  ["import-working", `/lists/imports/${ID(900)}`],
  ["import-checked", `/lists/imports/${ID(901)}`],
  ["import-done", `/lists/imports/${ID(903)}`, click("fate-duplicate")],
  ["import-undo", `/lists/imports/${ID(903)}`, click("import-undo-button")],
  ["import-failed", `/lists/imports/${ID(907)}`],
  ["contacts", "/contacts", async (page) => { for (const n of [1, 3]) await page.getByTestId("contacts-choose").nth(n).click(); }],
  ["contacts-empty", "/contacts?mock=empty"],
  ["contacts-merge", "/contacts", async (page) => { for (const n of [1, 4]) await page.getByTestId("contacts-choose").nth(n).click(); await click("bulk-merge")(page); await page.getByTestId("merge-result").waitFor(); }],
  ["contact", `/contacts/${ID(40001)}`],
  ["contact-conflict", `/contacts/${ID(40001)}?edit=true&mock=conflict`, async (page) => { await page.getByTestId("field-name").fill("Anna"); await click("save")(page); await page.getByTestId("conflict").waitFor(); }],
  ["contact-new", "/contacts/new", click("save")],
  ["do-not-call", "/do-not-call"],
  ["do-not-call-add", "/do-not-call?add=true", async (page) => { await page.getByTestId("field-entries").fill("8 916 123-45-67\n+7 495*\n+7*"); }],
  ["skillbases", "/skillbases"],
  ["skillbases-empty", "/skillbases?mock=empty"],
  ["skillbase", `/skillbases/${ID(10)}`],
  ["skillbase-opening", `/skillbases/${ID(10)}?tab=conversation`],
  ["skillbase-graph", `/skillbases/${ID(10)}?tab=conversation`, async (page) => { await click("course-course")(page); await page.locator("[data-testid=graph-node][data-id=move]").click(); }],
  ["skillbase-table", `/skillbases/${ID(10)}?tab=conversation`, async (page) => { await click("course-course")(page); await click("course-view-table")(page); }],
  ["skillbase-huge", `/skillbases/${ID(10)}?tab=conversation&mock=huge`, click("course-course")],
  ["skillbase-plan", `/skillbases/${ID(11)}?tab=conversation`, click("course-course")],
  ["skillbase-fields", `/skillbases/${ID(10)}?tab=conversation`, click("course-fields")],
  ["skillbase-guardrails", `/skillbases/${ID(10)}?tab=conversation`, click("course-guardrails")],
  ["skillbase-voice", `/skillbases/${ID(10)}?tab=voice`, click("hear-button")],
  ["skillbase-lead", `/skillbases/${ID(10)}?tab=lead`],
  ["skillbase-tools", `/skillbases/${ID(10)}?tab=tools`],
  ["skillbase-knowledge", `/skillbases/${ID(10)}?tab=knowledge`, async (page) => { await page.getByTestId("knowledge-query").fill("Можно перенести?"); await page.keyboard.press("Enter"); await page.getByTestId("knowledge-hits").getByRole("listitem").first().waitFor(); }],
  ["skillbase-outcomes", `/skillbases/${ID(10)}?tab=outcomes`],
  ["skillbase-json", `/skillbases/${ID(10)}?tab=json`],
  ["skillbase-talk", `/skillbases/${ID(10)}?tab=conversation`, async (page) => { await click("course-course")(page); await click("pane-talk")(page); await click("talk-start")(page); for (const text of ["не смогу завтра, можно перенести?", "в 15"]) { await page.getByTestId("talk-input").fill(text); await click("talk-send")(page); await page.waitForTimeout(250); } }],
  ["skillbase-problems", `/skillbases/${ID(10)}`, async (page) => { await page.getByTestId("field-document.identity.role").fill("x".repeat(501)); await page.getByTestId("field-document.identity.style").fill(""); await page.waitForTimeout(500); await click("problems-toggle")(page); }],
  ["skillbase-offline", `/skillbases/${ID(10)}?mock=offline`, async (page) => { await page.getByTestId("database-away").waitFor(); await page.getByTestId("field-document.identity.role").fill("Написано без базы данных."); await page.locator("[data-testid=safety][data-state=saved]").waitFor(); }],
  ["skillbase-publish", `/skillbases/${ID(10)}`, async (page) => { await page.getByTestId("field-document.identity.role").fill("Администратор клиники."); await click("save")(page); await page.getByTestId("publish").waitFor(); }],
  ["skillbase-merge", `/skillbases/${ID(10)}?mock=conflict`, async (page) => { await page.getByTestId("field-document.identity.role").fill("Администратор клиники, звонит утром."); await click("save")(page); await click("confirm")(page); await page.getByTestId("merge").waitFor(); }],
  ["skillbase-versions", `/skillbases/${ID(10)}?view=versions`, async (page) => { await page.getByTestId("version").nth(2).click(); }],
  ["skillbase-menu", `/skillbases/${ID(10)}`, click("skillbase-menu")],
  ["skillbase-test-call", `/skillbases/${ID(10)}`, async (page) => { await click("skillbase-menu")(page); await click("menu-test-call")(page); await page.getByTestId("field-phone").fill("abc"); await click("confirm")(page); await page.getByTestId("error-phone").waitFor(); }],
  ["skillbase-cases", `/skillbases/${ID(10)}`, async (page) => { await click("pane-talk")(page); await click("talk-start")(page); for (const text of ["да, приду", "спасибо"]) { await page.getByTestId("talk-input").fill(text); await click("talk-send")(page); await page.waitForTimeout(250); } await click("talk-save")(page); await page.getByTestId("field-case-name").fill("Подтверждает визит"); await click("confirm")(page); await page.getByTestId("save-case").waitFor({ state: "detached" }); await click("skillbase-menu")(page); await click("menu-cases")(page); await click("run-cases")(page); }],
  ["skillbase-import", "/skillbases", async (page) => { const [chooser] = await Promise.all([page.waitForEvent("filechooser"), click("import-skillbase")(page)]); await chooser.setFiles({ name: "salon.json", mimeType: "application/json", buffer: Buffer.from("{}") }); await page.getByTestId("import-report").waitFor(); }],
  ["skillbase-fail", `/skillbases/${ID(10)}?mock=fail`],
  ["skillbase-new", "/skillbases/new", async (page) => { await page.getByTestId("field-name").fill("Опрос"); await click("save")(page); }],
  ["calls", "/calls"],
  ["call", `/calls/${ID(5000)}`],
  ["analytics", "/analytics"],
  ["settings-line", "/settings/line", async (page) => { await click("line-livekit")(page); await page.getByTestId("field-url").fill("wss://example.livekit.cloud"); await click("line-check-button")(page); await page.getByTestId("line-check").waitFor(); }],
  ["experiment", `/campaigns/${ID(100)}/overview`, async (page) => { await page.getByTestId("experiment-panel").scrollIntoViewIfNeeded(); }],
  ["experiment-set", `/campaigns/${ID(100)}/overview`, click("experiment-set")],
  ["pin-version", `/campaigns/${ID(101)}/overview`, click("pin-version")],
  ["settings-speech", "/settings/speech"],
  ["settings-instructions", "/settings/instructions"],
  ["settings-prices", "/settings/prices"],
  ["settings-limits", "/settings/limits"],
  ["settings-company", "/settings/company"],
  ["settings-database", "/settings/database"],
  ["settings-appearance", "/settings/appearance"],
  ["settings-about", "/settings/about"],
  ["palette", "/", async (page) => { await page.keyboard.press("Control+k"); await page.getByTestId("palette-input").fill("rfvg"); }],
  ["shortcuts", "/", (page) => page.keyboard.press("Shift+Slash")],
  ["stop-all", "/", async (page) => { await click("stop-all")(page); }],
];

const say = (text) => process.stdout.write(`${text}\n`);

mkdirSync(out, { recursive: true });
const server = await preview({ root, build: { outDir: "dist-mock" }, preview: { host: "127.0.0.1", port: 4175 } });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
for (const variant of variants.length > 0 ? variants : ["1280-light-en"]) {
  const [width, theme, language] = variant.split("-");
  const context = await browser.newContext({ viewport: { width: Number(width), height: Number(width) === 1920 ? 1080 : Number(width) === 1024 ? 700 : 800 }, colorScheme: theme });
  await context.addInitScript((lng) => localStorage.setItem("callboard.preferences", JSON.stringify({ language: lng })), language);
  // A draft of one picture is not on the next one.
  await context.addInitScript(() => void indexedDB.deleteDatabase("callboard"));
  for (const [name, path, act] of PAGES.filter(([name]) => name.startsWith(only) || only === "all")) {
    const page = await context.newPage();
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && say(`${name}: ${message.text()}`));
    page.on("pageerror", (error) => say(`${name}: ${error.stack}`));
    await page.goto(`http://127.0.0.1:4175${path}`);
    await page.locator("html[data-ready]").waitFor({ timeout: 8000 }).catch(() => say(`${name}: never ready`));
    await page.evaluate(() => document.fonts.ready);
    await page.locator("[data-state=loading]").first().waitFor({ state: "detached", timeout: 3000 }).catch(() => undefined);
    if (act) await act(page).catch((error) => say(`${name}: ${error.message.split("\n")[0]}`));
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    await page.screenshot({ path: `${out}${name}-${variant}.png` });
    await page.close();
  }
  await context.close();
}
await browser.close();
await server.close();
