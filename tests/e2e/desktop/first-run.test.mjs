import assert from "node:assert/strict";

import { by, journey } from "./desk.mjs";

journey("first run with the sample opens a campaign that is ready to call", async ({ start }) => {
  const desk = await start();
  await desk.setUp();
  const campaign = await desk.campaign();
  assert.equal(campaign.state, "draft");
  assert.equal(campaign.counts.total, 60, "the sample brings sixty contacts");
  assert.match(await desk.session.text(by("action-start")), /60/, "the button says whom it would call");
  const info = await desk.session.rpc("app_info", {});
  assert.deepEqual([info.host, info.nativeFiles, info.windows, info.setupNeeded], ["desktop", true, true, false]);
});

journey("everything is as it was after a crash and a restart", async ({ start }) => {
  const first = await start();
  await first.setUp();
  await first.openAtAllHours();
  await first.startCalling();
  await first.session.see(`${by("count-in_progress")}:not(:empty)`);
  const running = await first.campaign();
  await first.session.rpc("campaign_pause", { companyId: running.companyId, campaignId: running.id });
  await first.kill();

  const second = await start();
  await second.session.see(by("shell"), 30_000);
  const found = await second.campaign();
  assert.equal(found.state, "paused");
  assert.equal(found.counts.total, 60);
  assert.equal(found.form.name, running.form.name);
  assert.equal((await second.company()).name, "Acme");
});
