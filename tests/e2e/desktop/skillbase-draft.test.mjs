import assert from "node:assert/strict";

import { by, journey } from "./desk.mjs";
import { sleep, until } from "./wd.mjs";

/** What a supervisor may lose of what was typed before a crash. */
const LOST_MS = 2_000;
const KEY_MS = 60;

/** Opens the sample's skillbase in the editor. */
async function openSkillbase({ session }) {
  await session.click(by("nav-skillbases"));
  await session.click(by("skillbase-card"));
  await session.see(by("page-skillbase"));
  await session.see(by("field-document.identity.role"));
}

journey("an application that is killed while somebody types has all but the last two seconds of it", async ({ start }) => {
  const first = await start();
  await first.setUp();
  await openSkillbase(first);
  const role = by("field-document.identity.role");
  await first.session.type(role, ".");
  const element = await first.session.find(role);
  // Each key is a number, so that what was lost can be counted.
  const typed = [];
  const until5s = Date.now() + 5_000;
  while (Date.now() < until5s) {
    await first.session.request("POST", `/element/${element}/value`, { text: `${typed.length} ` });
    typed.push(Date.now());
    await sleep(KEY_MS);
  }
  const killed = Date.now();
  await first.kill();

  const second = await start();
  await second.session.see(by("shell"), 30_000);
  await openSkillbase(second);
  await second.session.see(by("draft-offer"));
  const kept = await second.session.exec("return document.querySelector(arguments[0]).value", role);
  const numbers = kept.replace(/^\./, "").trim().split(/\s+/).map(Number);
  assert.deepEqual(numbers, numbers.map((_, index) => index), "nothing in the middle is missing");
  const due = typed.filter((at) => at < killed - LOST_MS).length;
  assert.ok(numbers.length >= due, `${numbers.length} of ${typed.length} keys are there, ${due} have to be`);

  // Published from the draft; then nothing is left to offer.
  await second.session.click(by("offer-publish"));
  await second.session.click(`${by("publish")} ${by("confirm")}`);
  await until("the published version", async () => (await second.session.exec("return document.querySelector(arguments[0]).dataset.state", by("safety"))) === "published");
});
