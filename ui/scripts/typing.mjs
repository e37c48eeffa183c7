// Measures how long a key waits for its letter in the editor of a skillbase with two hundred states, in the mock build:
//   npm run build:mock && node scripts/typing.mjs
// From the event to the first task after its frame; p95 has to stay below 50 ms. Prints one line for each field.
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { preview } from "vite";

const KEYS = 150;
const EVERY_MS = 40;
const LIMIT_MS = 50;
const HUGE = "/skillbases/00000000-0000-7000-8000-000000000010?mock=huge";

const say = (text) => process.stdout.write(`${text}\n`);
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Runs in the page: the delay of every key until its frame has been given to the screen. */
function watch() {
  window.delays = [];
  window.addEventListener(
    "keydown",
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener("message", () => window.delays.push(performance.now() - timeStamp));
        port1.start();
        port2.postMessage(null);
      });
    },
    { capture: true },
  );
}

const graph = async (page) => {
  await page.getByTestId("course-course").click();
  await page.locator("[data-testid=graph-node][data-id=state_1]").click();
  await page.getByTestId("inspector").waitFor();
};
const FIELDS = [
  ["the prompt of a state, beside its graph", "&tab=conversation", graph, "[data-testid=inspector] textarea"],
  ["the name of a state, which the graph shows", "&tab=conversation", graph, "[data-testid=inspector] input"],
  ["the role, beside the prompt's preview", "&tab=identity", async () => undefined, "[data-testid='field-document.identity.role']"],
];

const server = await preview({ root: fileURLToPath(new URL("..", import.meta.url)), build: { outDir: "dist-mock" }, preview: { host: "127.0.0.1", port: 4176 } });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
let slow = 0;
for (const [name, query, prepare, selector] of FIELDS) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`http://127.0.0.1:4176${HUGE}${query}`);
  await page.getByTestId("editor-body").waitFor();
  await prepare(page);
  await page.locator(selector).first().click();
  await page.evaluate(watch);
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 6 === 5 ? "Space" : "a");
    await page.waitForTimeout(EVERY_MS);
  }
  const delays = (await page.evaluate(() => window.delays)).toSorted((a, b) => a - b);
  const p95 = percentile(delays, 0.95);
  if (p95 >= LIMIT_MS) slow += 1;
  say(`${name}: ${delays.length} keys, p50 ${percentile(delays, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, most ${percentile(delays, 1).toFixed(1)} ms`);
  await page.close();
}
await browser.close();
await server.close();
if (slow > 0) {
  say(`${slow} of ${FIELDS.length} fields let a key wait ${LIMIT_MS} ms or longer.`);
  process.exitCode = 1;
}
