// Starts a real callboard-server with a database of its own and opens its desk in Chromium. Everything is waited for by
// what the page says of itself (data-testid, data-state), never by time.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, chmod } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../../ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axePath = require.resolve("axe-core/axe.min.js");
const root = fileURLToPath(new URL("../../../", import.meta.url));

const START_MS = 30_000;
const PAGE_MS = 10_000;

async function startServer() {
  const data = await mkdtemp(join(tmpdir(), "callboard-e2e-"));
  // As root the database runs as nobody, who has to pass through this folder.
  await chmod(data, 0o755);
  const binary = process.env.CALLBOARD_SERVER ?? join(root, "target/debug/callboard-server");
  const child = spawn(binary, ["serve", "--port", "0", "--data", data, "--ui", join(root, "ui/dist"), "--drain", "1"], {
    cwd: root,
    env: { CALLBOARD_PG: join(root, "target/postgres"), ...process.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = [];
  child.stderr.on("data", (chunk) => log.push(chunk));
  const exited = once(child, "exit");
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => text),
    exited.then(() => undefined),
    new Promise((resolve) => setTimeout(resolve, START_MS).unref()),
  ]);
  if (!line) {
    child.kill("SIGKILL");
    throw new Error(`callboard-server did not start: ${Buffer.concat(log)}`);
  }
  return {
    url: new URL(JSON.parse(line).url),
    log: () => Buffer.concat(log).toString(),
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** One server, one browser; pages are made from `desk.open()`. */
export async function startDesk({ language = "en" } = {}) {
  const server = await startServer();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: language === "ru" ? "ru-RU" : "en-GB", timezoneId: "Europe/Moscow", acceptDownloads: true, reducedMotion: "reduce" });
  context.setDefaultTimeout(PAGE_MS);
  const faults = [];
  context.on("weberror", (error) => faults.push(error.error().stack));
  context.on("console", (message) => {
    if (message.type() === "error" && /content security policy/i.test(message.text())) faults.push(message.text());
  });
  const desk = {
    server,
    context,
    faults,
    /** The address with its token, at a path of the desk. */
    address(path = "/") {
      return new URL(path + server.url.hash, server.url).href;
    },
    async open(path = "/") {
      const page = await context.newPage();
      await page.goto(desk.address(path));
      await page.locator("html[data-ready]").waitFor({ timeout: START_MS });
      return page;
    },
    /** What the host answers, for facts that the page must agree with. */
    async rpc(command, request) {
      const response = await fetch(new URL(`/rpc/${command}`, server.url), {
        method: "POST",
        headers: { authorization: `Bearer ${decodeURIComponent(server.url.hash.slice("#token=".length))}`, "content-type": "application/json" },
        body: JSON.stringify(request),
      });
      const body = await response.json();
      if (!response.ok) throw new Error(`${command}: ${JSON.stringify(body)}`);
      return body;
    },
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
  return desk;
}

/** First run through the screen itself. */
export async function setUp(page, { name = "Sample Clinic", sample = true } = {}) {
  await page.getByTestId("field-companyName").fill(name);
  await page.getByTestId(sample ? "setup-sample" : "setup-empty").click();
  await page.getByTestId("setup-finish").click();
  await page.getByTestId("shell").waitFor();
}

/** Everything that a new skillbase needs before it can be published. */
export async function fillSkillbase(page, name) {
  await page.getByTestId("field-name").fill(name);
  await page.getByTestId("field-document.identity.role").fill("The clinic's receptionist.");
  await page.getByTestId("field-document.identity.style").fill("Short and friendly.");
  await page.getByTestId("tab-conversation").click();
  await page.getByTestId("field-document.conversation.greetings.0").fill("Good day! This is the clinic.");
  await page.getByTestId("course-course").click();
  await page.getByTestId("add-steps").click();
  await page.getByTestId("field-document.conversation.flow.states.0.name").fill("Ask whether the visit stands");
}

/** A campaign that can take contacts, made behind the desk like the one of the sample. */
export async function makeCampaign(desk, name) {
  const [company] = (await desk.rpc("company_list", {})).items;
  const [skillbase] = (await desk.rpc("skillbase_list", { companyId: company.id, archived: false })).items;
  const form = {
    name,
    description: "",
    skillbaseId: skillbase.id,
    callsAtOnce: 5,
    callsPerMinute: 30,
    maxAttempts: 3,
    retryDelayMinutes: 30,
    hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], opens: "00:00", closes: "24:00" }],
    timeZone: "Europe/Moscow",
    localTime: false,
    startsAt: null,
    endsAt: null,
  };
  return desk.rpc("campaign_create", { companyId: company.id, form });
}

/** Drops a file on the window, as from another program. */
export async function dropFile(page, name, content) {
  const transfer = await page.evaluateHandle(
    (file) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(file.bytes)], file.name));
      return data;
    },
    { name, bytes: [...Buffer.from(content)] },
  );
  await page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
  await page.getByTestId("drop-overlay").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** Chooses a file in the browser's own dialog, which `button` opens. */
export async function chooseFile(page, button, name, content) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
  await chooser.setFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
}

/** Chooses from a list by a part of what is written there. */
export async function choose(page, field, text) {
  await page.getByTestId(`field-${field}`).click();
  await page.getByRole("option").filter({ hasText: text }).click();
  await page.getByTestId(`field-${field}`).filter({ hasText: text }).waitFor();
}

/** Says what a column of the file is for. Lists that were open before stay in the page, out of sight. */
export async function chooseRole(page, column, role) {
  await page.getByTestId("column-role").nth(column).click();
  await page.getByTestId(`role-${role}`).locator("visible=true").click();
  await page.getByTestId("preview-column").nth(column).and(page.locator(`[data-role=${role}]`)).waitFor();
}

/** The import that is open, in a phase. */
export const importIn = (page, phase) => page.locator(`[data-testid=page-import][data-state=${phase}]`);

/** What the ledger says, by line; fails when its lines do not add up to the rows of the file. */
export async function ledger(page) {
  const said = async (testid) => Number(await page.getByTestId(testid).getAttribute("data-state"));
  const fates = {};
  for (const fate of ["ready", "fixed", "known", "duplicate", "in_campaign", "do_not_call", "invalid", "ignored"]) fates[fate] = await said(`fate-${fate}`);
  const [taken, left, total] = [await said("ledger-taken"), await said("ledger-left"), await said("ledger-total")];
  assert.equal(fates.ready + fates.fixed + fates.known, taken, "what is taken");
  assert.equal(fates.duplicate + fates.in_campaign + fates.do_not_call + fates.invalid + fates.ignored, left, "what is left out");
  assert.equal(taken + left, total, "every row of the file");
  return { ...Object.fromEntries(Object.entries(fates).filter(([, count]) => count > 0)), taken, left, total };
}

/** Waits until the number in an element's text satisfies `test`. */
export async function untilNumber(locator, test, what) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = Number((await locator.textContent())?.replace(/[^\d-]/g, ""));
    if (test(value)) return value;
    if (Date.now() > deadline) throw new Error(`${what}: still ${value}`);
    await locator.evaluate((element) => new Promise((resolve) => {
      const observer = new MutationObserver(done);
      const timer = setTimeout(done, 250);
      function done() {
        observer.disconnect();
        clearTimeout(timer);
        resolve();
      }
      observer.observe(element, { childList: true, characterData: true, subtree: true });
    })).catch(() => undefined);
  }
}

/** Violations of WCAG 2.2 AA on the page as it is now. */
export async function violations(page) {
  // Evaluated as a script of the driver, so that the page's own policy stays as strict as it is.
  const { readFile } = await import("node:fs/promises");
  await page.evaluate(await readFile(axePath, "utf8"));
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return found.violations.map((violation) => `${violation.id} (${violation.impact}): ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join(" | ")}`);
}
