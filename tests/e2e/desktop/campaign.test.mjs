import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { by, journey, PYTHON, script, xdotool } from "./desk.mjs";
import { sleep, until } from "./wd.mjs";

function callList(folder, name, contacts) {
  const rows = Array.from({ length: contacts }, (_, index) => `+7926${String(1_000_000 + index)},Contact ${index}`);
  const file = join(folder, name);
  writeFileSync(file, ["phone,name", ...rows, "12,Too short"].join("\n"));
  return file;
}

/** Fills in the form of a new campaign; whatever the day, it may dial now. */
async function createCampaign({ session }, name) {
  await session.click(by("nav-campaigns"));
  await session.click(by("new-campaign"));
  await session.type(by("field-name"), name);
  await session.click(by("hours-presets"));
  await session.click(by("menu-preset-always"));
  await session.click(`${by("campaign-form")} ${by("save")}`);
  await session.see(`${by("page-campaign")}[data-state="draft"]`);
}

/** The page of the import that is open, in a phase. */
const importIn = (phase) => `${by("page-import")}[data-state="${phase}"]`;
/** The number that an element stands for. */
const said = ({ session }, testid) => session.exec("return document.querySelector(arguments[0]).dataset.state", by(testid));

/** Goes from the columns to the checked list. */
async function check({ session }) {
  await session.see(`${by("import-columns")}[data-state="ready"]`);
  await session.click(by("import-check"));
  await session.see(`${importIn("checked")} ${by("import-checked")}`);
}

journey("a dropped list becomes calls that move and stop when the campaign is paused", async ({ start, data }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  await createCampaign(desk, "Autumn");

  await desk.drop([callList(data, "список обзвона.csv", 40)]);
  await session.see(importIn("columns"));
  assert.equal(await session.text(by("import-file")), "список обзвона.csv");
  await until("the campaign on whose page it was dropped", async () => /Autumn/.test(await session.text(by("field-campaignId"))));
  await check(desk);
  assert.deepEqual(await Promise.all(["ledger-taken", "fate-invalid", "ledger-total"].map((testid) => said(desk, testid))), ["40", "1", "41"]);
  await session.click(by("import-commit"));
  await session.see(`${importIn("committed")} ${by("import-done")}`);
  await session.click(by("import-rejects"));
  const rejects = await until("the file with the rejected rows", () => readdirSync(data).find((name) => name.endsWith(".xlsx")));
  assert.equal(readFileSync(join(data, rejects)).subarray(0, 2).toString(), "PK");
  await session.click(by("import-open-campaign"));
  await session.see(`${by("page-campaign")}[data-state="draft"]`);

  await desk.startCalling();
  const campaign = await desk.campaign("Autumn");
  assert.equal(campaign.line, "practice");
  // The page learns of the calls by itself: nobody presses anything.
  const shown = () => session.exec(`return Number(document.querySelector('${by("figure-in-progress")}')?.dataset.state ?? 0)`);
  await until("calls on the screen", async () => (await shown()) > 0);
  await until("more than one call", async () => (await desk.callsBegun(campaign)) > 1);

  await session.click(by("action-pause"));
  await session.see(`${by("page-campaign")}[data-state="paused"]`);
  const begun = await desk.callsBegun(campaign);
  await sleep(3000);
  assert.equal(await desk.callsBegun(campaign), begun, "a paused campaign places no new calls");
});

journey("a file dragged from another program opens the import", async ({ start, data }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  const file = callList(data, "dragged é.csv", 3);
  const source = spawn(PYTHON, [script("dragsource.py"), file, "1340", "60"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(source.stdout, "data");
    xdotool("mousemove", 1400, 110, "mousedown", 1);
    // GTK begins a drag after a few small moves.
    for (let step = 1; step <= 6; step += 1) {
      xdotool("mousemove", 1400 - 4 * step, 110);
      await sleep(40);
    }
    for (let step = 1; step <= 8; step += 1) {
      xdotool("mousemove", 1376 - 90 * step, 110 + 40 * step);
      await sleep(60);
    }
    await session.see(by("drop-overlay"));
    xdotool("mouseup", 1);
    await session.see(importIn("columns"));
    assert.equal(await session.text(by("import-file")), "dragged é.csv");
    await check(desk);
    assert.equal(await said(desk, "ledger-taken"), "3");
  } finally {
    source.kill();
  }
});

journey("a list is chosen with the native dialog", async ({ start, data }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  const file = callList(data, "chosen.csv", 2);
  await session.click(by("import-button"));
  await session.see(importIn("file"));
  await session.click(by("drop-zone"));
  const dialog = await until("the native dialog", () => xdotool("search", "--onlyvisible", "--name", "Choose a call list").split("\n")[0]);
  await sleep(500);
  // Without a window manager the keys go to the window under the pointer.
  xdotool("mousemove", "--window", dialog, 40, 10);
  const chosen = async () => (await session.text(by("import-file"))) === "chosen.csv";
  // Pasted, because the dialog completes what is typed, and to what depends on the other folders that there are.
  const clipboard = spawn(PYTHON, [script("clipboard.py"), file], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(clipboard.stdout, "data");
    // A slash opens the field for a path. Keys that come before it is there are lost, so a path that was not taken is
    // pasted again over what stands there.
    xdotool("key", "slash");
    for (let attempt = 1; ; attempt += 1) {
      await sleep(1000);
      xdotool("key", "ctrl+a");
      xdotool("key", "ctrl+v");
      await sleep(1000);
      xdotool("key", "Return");
      try {
        await until("the chosen file", chosen, 5_000);
        break;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  } finally {
    clipboard.kill();
  }
  await check(desk);
  assert.equal(await said(desk, "ledger-taken"), "2");
});
