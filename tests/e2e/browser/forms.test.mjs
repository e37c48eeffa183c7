import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { dropFile, fillSkillbase, importIn, ledger, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Empty Clinic", sample: false });
});
after(() => desk?.stop());

const code = (field) => page.getByTestId(`error-${field}`).getAttribute("data-code");

test("an empty desk teaches the next step", async () => {
  await page.getByTestId("nav-campaigns").click();
  await page.getByTestId("empty").waitFor();
  assert.deepEqual(await violations(page), []);
});

test("a skillbase is created through its editor", async () => {
  await page.getByTestId("nav-skillbases").click();
  await page.getByTestId("new-skillbase").first().click();
  await fillSkillbase(page, "Reminder");
  await page.getByTestId("save").click();
  await page.getByTestId("publish").getByTestId("confirm").click();
  await page.getByTestId("page-skillbase").waitFor();
});

test("a campaign is refused at every wrong field and then created", async () => {
  await page.goto(desk.address("/campaigns/new"));
  await page.getByTestId("save").click();
  assert.equal(await code("name"), "required");
  await page.getByTestId("field-name").fill("November reminders");
  await page.getByTestId("field-callsAtOnce").fill("101");
  await page.getByTestId("field-callsPerMinute").fill("0");
  await page.getByTestId("field-maxAttempts").fill("eleven");
  await page.getByTestId("field-retryDelayMinutes").fill("1441");
  await page.getByTestId("field-weight").fill("0");
  await page.getByTestId("field-dailyBudget").fill("-1");
  await page.getByTestId("field-hours.0.opens").fill("9:5x");
  await page.getByTestId("retry-busy").getByTestId("retry-row").click();
  await page.getByTestId("field-retries.busy.list").fill("15, soon");
  await page.getByTestId("field-startsAt-date").fill("02.03.2030");
  await page.getByTestId("field-startsAt-time").fill("10:00");
  await page.getByTestId("field-endsAt-date").fill("01.03.2030");
  await page.getByTestId("field-endsAt-time").fill("10:00");
  await page.getByTestId("save").click();
  const expected = { callsAtOnce: "range", callsPerMinute: "range", maxAttempts: "range", retryDelayMinutes: "range", weight: "range", dailyBudget: "budget", "hours.0.opens": "time", "retries.busy.list": "delays", endsAt: "endBeforeStart" };
  for (const [field, wanted] of Object.entries(expected)) assert.equal(await code(field), wanted, field);
  assert.deepEqual(await violations(page), []);

  await page.getByTestId("field-callsAtOnce").fill("5");
  await page.getByTestId("field-callsPerMinute").fill("10");
  await page.getByTestId("field-maxAttempts").fill("3");
  await page.getByTestId("field-retryDelayMinutes").fill("30");
  await page.getByTestId("field-weight").fill("10");
  await page.getByTestId("field-dailyBudget").fill("");
  await page.getByTestId("field-hours.0.opens").fill("9");
  await page.getByTestId("field-hours.0.closes").fill("24:00");
  await page.getByTestId("field-retries.busy.list").fill("15, 30");
  await page.getByTestId("field-endsAt-date").fill("03.03.2030");
  await page.getByTestId("field-timeZone").fill("владивосток");
  await page.getByRole("option", { name: /Vladivostok/ }).click();
  await page.getByTestId("save").click();
  await page.getByTestId("page-campaign").waitFor();
  const { items } = await desk.rpc("company_list", {});
  const { items: campaigns } = await desk.rpc("campaign_list", { companyId: items[0].id, states: [], skillbaseId: null, search: null, cursor: null, limit: 10 });
  assert.equal(campaigns[0].form.timeZone, "Asia/Vladivostok");
  assert.deepEqual(campaigns[0].form.hours.find(({ weekdays }) => weekdays.includes(1)), { weekdays: [1], opens: "09:00", closes: "24:00" });
  assert.deepEqual(campaigns[0].form.retries.find(({ situation }) => situation === "busy").delay, { kind: "list", minutes: [15, 30] });
  assert.equal(campaigns[0].form.startsAt, "2030-03-02T00:00:00Z", "10:00 in Vladivostok");
});

test("Stop all stays in the window beside the longest name, also at 1024 x 700", async () => {
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("field-name").fill("A very long name ".repeat(15).slice(0, 255));
  await page.getByTestId("save").click();
  await page.locator("[data-testid=campaign-form][data-state=clean]").waitFor();
  await page.setViewportSize({ width: 1024, height: 700 });
  const box = await page.getByTestId("stop-all").boundingBox();
  assert.ok(box && box.x + box.width <= 1024, "the button is inside");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "nothing scrolls sideways");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByTestId("tab-overview").click();
});

test("a dropped CSV is checked, imported, and its bad rows come back as a file", async () => {
  const csv = ["phone,name,branch", "+79161234567,Anna,North", "+79161234567,Anna again,North", "12,Short,South", "+79161234568,Boris,South", ",Nobody,South"].join("\n");
  await dropFile(page, "contacts.csv", csv);
  await importIn(page, "columns").waitFor();
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
  // The campaign on whose page it was dropped.
  await page.getByTestId("field-campaignId").filter({ hasText: "A very long name" }).waitFor();
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").waitFor();
  assert.deepEqual(await ledger(page), { ready: 2, duplicate: 1, invalid: 2, taken: 2, left: 3, total: 5 });
  await page.getByTestId("import-commit").click();
  await page.getByTestId("import-done").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("import-rejects").click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  await page.getByTestId("import-open-campaign").click();
  await page.getByTestId("tab-queue").click();
  await page.getByTestId("tasks-row").nth(1).waitFor();
  assert.equal(await page.getByTestId("tasks-row").count(), 2);
});

test("an unreadable file is refused in words", async () => {
  await dropFile(page, "contacts.pdf", "%PDF-1.7");
  await importIn(page, "columns").getByTestId("failure").waitFor();
  assert.equal(await page.getByTestId("import-file").textContent(), "contacts.pdf");
  assert.deepEqual(await violations(page), []);
});

test("checking a line at a wrong address says that nobody answers there", async () => {
  await page.goto(desk.address("/settings/line"));
  await page.getByTestId("line-livekit").click();
  await page.getByTestId("field-url").fill("ws://127.0.0.1:9");
  await page.getByTestId("field-apiKey").fill("key");
  await page.getByTestId("field-apiSecret").fill("secret-secret-secret-secret-secret");
  await page.getByTestId("field-trunkId").fill("ST_unknown");
  await page.getByTestId("line-check-button").click();
  await page.locator("[data-testid=line-check][data-state=unreachable]").waitFor({ timeout: 20_000 });
});

test("a shared database that is not there is refused clearly", async () => {
  await page.getByTestId("settings-database").click();
  await page.getByTestId("field-host").fill("127.0.0.1");
  await page.getByTestId("field-port").fill("9");
  await page.getByTestId("field-user").fill("desk");
  await page.getByTestId("field-requireTls").click();
  await page.getByTestId("database-test-button").click();
  await page.getByTestId("form-error").waitFor({ timeout: 20_000 });
});

const SCREENS = ["/", "/campaigns", "/campaigns/new", "/lists", "/lists/import", "/contacts", "/contacts/new", "/do-not-call", "/skillbases", "/skillbases/new", "/calls", "/analytics", "/settings/line", "/settings/trunks", "/settings/limits", "/settings/holidays", "/settings/prices", "/settings/speech", "/settings/instructions", "/settings/company", "/settings/database", "/settings/appearance", "/settings/about"];
for (const theme of ["light", "dark"]) {
  test(`every screen is accessible, ${theme}`, async () => {
    await page.emulateMedia({ colorScheme: theme });
    for (const path of SCREENS) {
      await page.goto(desk.address(path));
      await page.locator("html[data-ready]").waitFor();
      await page.locator("[data-testid=page-live], [data-testid^=page-]:not([data-state=loading])").first().waitFor();
      assert.deepEqual(await violations(page), [], path);
    }
  });
}

test("a campaign is deleted with its counts in the question", async () => {
  await page.goto(desk.address("/campaigns"));
  await page.getByTestId("campaigns-row").first().getByTestId("campaign-menu").click();
  await page.getByTestId("menu-delete").click();
  assert.match((await page.getByTestId("delete-effect").textContent()) ?? "", /2 tasks/);
  await page.getByTestId("confirm").click();
  await page.getByTestId("empty").waitFor();
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
