import assert from "node:assert/strict";

import { by, closeWindow, journey, xdotool } from "./desk.mjs";
import { sleep, until } from "./wd.mjs";

/** Switches to the window of the campaign, or back to the main one. */
async function switchTo(session, campaignWindow) {
  await until("the window", async () => {
    for (const handle of await session.handles()) {
      await session.switchTo(handle);
      if ((await session.exec("return location.search.includes('campaign=')")) === campaignWindow) return true;
    }
    return false;
  });
}

const [FINISH, HANG_UP, STAY] = [0, 1, 2];

/** Presses one of the three buttons of the question before quitting; they share the lower edge of the dialog. */
async function answer(button) {
  const dialog = await until("the question", () => xdotool("search", "--onlyvisible", "--name", "Calls are in progress").split("\n")[0]);
  await sleep(300);
  const shape = Object.fromEntries(
    xdotool("getwindowgeometry", "--shell", dialog)
      .split("\n")
      .map((line) => line.split("=")),
  );
  const [x, y] = [Number(shape.X) + (Number(shape.WIDTH) * (2 * button + 1)) / 6, Number(shape.Y) + Number(shape.HEIGHT) - 15];
  xdotool("mousemove", Math.round(x), Math.round(y), "click", 1);
  await until("the end of the question", () => {
    try {
      return xdotool("search", "--onlyvisible", "--name", "Calls are in progress") === "";
    } catch {
      // It finds nothing and says so with its exit code.
      return true;
    }
  });
}

journey("a second window of a campaign stays in step and may do less", async ({ start }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  await desk.openAtAllHours();
  await session.click(by("tear-off"));
  await until("two windows", async () => (await session.handles()).length === 2);
  await session.click(by("tear-off"));
  await sleep(500);
  assert.equal((await session.handles()).length, 2, "the window that is open comes to the front");

  await switchTo(session, true);
  await session.see(`${by("page-campaign")}[data-state="draft"]`);
  const refused = await session.rpc("file_pick", {}).catch((error) => error.form);
  assert.equal(refused.code, "not_allowed", "only the main window picks files");
  await assert.rejects(session.invoke("set_language", { language: "ru" }));

  await switchTo(session, false);
  await desk.startCalling();
  await switchTo(session, true);
  await session.see(`${by("page-campaign")}[data-state="running"]`);
  await session.click(by("action-pause"));
  await switchTo(session, false);
  await session.see(`${by("page-campaign")}[data-state="paused"]`);
});

journey("a window never leaves the application and runs no foreign script", async ({ start }) => {
  const { session } = await start();
  await session.see(by("setup"));
  await session.exec("location.href = 'https://example.com/'");
  await session.exec("window.open('https://example.com/')");
  await session.exec(
    "const script = document.createElement('script'); script.textContent = 'window.foreign = true'; document.body.append(script)",
  );
  await sleep(500);
  assert.match(await session.exec("return location.href"), /^tauri:\/\/localhost/);
  assert.equal((await session.handles()).length, 1);
  assert.equal(await session.exec("return window.foreign === undefined"), true, "the content security policy holds");
  assert.equal(await session.exec("return window.__TAURI__ === undefined && Object.isFrozen(Object.prototype)"), true);
});

journey("closing with calls in progress asks, and hangs up only when told so", async ({ start }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  await desk.openAtAllHours();
  await desk.startCalling();
  const campaign = await desk.campaign();
  await until("calls", async () => (await desk.callsBegun(campaign)) > 2);

  const { items } = await session.rpc("live_calls", { companyId: campaign.companyId, campaignId: campaign.id });
  const held = items.map((call) => call.callId);
  assert.ok(held.length > 0);

  await closeWindow("Callboard");
  await answer(STAY);
  assert.equal((await desk.campaign()).state, "running", "staying changes nothing");

  await closeWindow("Callboard");
  await answer(HANG_UP);
  await until("the end of the application", () => session.exec("return 1").then(() => false, () => true));

  const again = await start();
  await again.session.see(by("shell"), 30_000);
  const live = await again.session.rpc("live_calls", { companyId: campaign.companyId, campaignId: campaign.id });
  assert.deepEqual(
    live.items.map((call) => call.callId).filter((id) => held.includes(id)),
    [],
    "the calls were hung up, none is left behind",
  );
});

journey("quitting when the calls have ended dials nobody new, lets them end and quits", async ({ start }) => {
  const desk = await start();
  const { session } = desk;
  await desk.setUp();
  await desk.openAtAllHours();
  // Conversations of life would be waited for.
  const { id: companyId } = await desk.company();
  const { line } = await session.rpc("settings_get", { companyId });
  await session.rpc("line_update", { companyId, line: { ...line, practice: { ...line.practice, speed: 4 } }, secrets: null });
  await desk.startCalling();
  const campaign = await desk.campaign();
  await until("calls", async () => (await desk.callsBegun(campaign)) > 2);

  await closeWindow("Callboard");
  await answer(FINISH);
  const { items } = await session.rpc("live_calls", { companyId, campaignId: campaign.id });
  // What was admitted and not dialled yet is given back.
  const held = items.filter((call) => call.state !== "admitted").map((call) => call.callId);
  const begun = await desk.callsBegun(campaign);
  let last = begun;
  const looked = async () => (last = await desk.callsBegun(campaign).catch(() => last));
  await until("the end of the application", async () => !(desk.isOpen() && (await looked())), 90_000);
  assert.ok(held.length > 0 && last <= begun, `of ${held.length} calls in progress and ${begun} begun it became ${last}`);

  // Its worker would go on with the list at once; what is asked about are the calls of before.
  const again = await start();
  await again.session.see(by("shell"), 30_000);
  for (const callId of held) {
    const { call } = await again.session.rpc("call_get", { companyId, callId });
    assert.equal(call.state, "ended", "nobody was left on the line");
    assert.notEqual(call.disposition, "hung_up", "and nobody was cut off");
  }
});

journey("a second start on the same folder shows the window that is open and ends", async ({ start }) => {
  const desk = await start();
  await desk.session.see(by("setup"));
  const [code, said] = await desk.startAgain();
  assert.deepEqual([code, said], [0, ""]);
  assert.equal(await desk.session.exec("return document.hasFocus()"), true);
});
