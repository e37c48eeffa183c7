import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { setUp, startDesk, untilNumber, violations } from "./desk.mjs";

let desk;
let page;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
});
after(() => desk?.stop());

test("the first-run screen says at the field what is missing", async () => {
  await page.getByTestId("setup-finish").click();
  assert.equal(await page.getByTestId("error-companyName").getAttribute("data-code"), "required");
  assert.deepEqual(await violations(page), []);
  assert.ok(!page.url().includes("token"), "the token does not stay in the address");
});

test("first run with the sample opens its campaign", async () => {
  await setUp(page);
  await page.getByTestId("page-campaign").waitFor();
  assert.equal(await page.getByTestId("page-campaign").getAttribute("data-state"), "draft");
});

test("the practice line is made faster in the settings", async () => {
  const campaign = new URL(page.url()).pathname;
  await page.getByTestId("nav-settings").click();
  await page.getByTestId("field-speed").fill("0");
  await page.getByTestId("save").click();
  assert.equal(await page.getByTestId("error-speed").getAttribute("data-code"), "range");
  await page.getByTestId("field-speed").fill("60");
  await page.getByTestId("save").click();
  await page.locator("[data-testid=line-form][data-state=clean]").waitFor();
  await page.goto(desk.address(campaign));
  await page.locator("[data-testid=page-campaign][data-state=draft]").waitFor();
});

test("the sample starts on the practice line and its counts move by themselves", async () => {
  await page.getByTestId("action-start").click();
  await page.getByTestId("ask-start").getByTestId("practice").waitFor();
  await page.getByTestId("confirm").click();
  await page.locator("[data-testid=page-campaign][data-state=running]").waitFor();
  await page.locator("[data-testid=page-campaign] header [data-testid=practice]").waitFor();
  const reached = page.getByTestId("count-completed");
  const first = await untilNumber(reached, (count) => count >= 1, "contacts reached");
  await untilNumber(reached, (count) => count > first, "more contacts reached");
});

test("a second window of the same campaign stays in step", async () => {
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByTestId("tear-off").click()]);
  await popup.locator("[data-testid=shell][data-state=campaign]").waitFor();
  assert.equal(await popup.getByTestId("nav-live").count(), 0, "it has no rail");
  await popup.locator("[data-testid=page-campaign][data-state=running]").waitFor();
  await page.getByTestId("action-pause").click();
  await popup.locator("[data-testid=page-campaign][data-state=paused]").waitFor();
  await page.locator("[data-testid=page-campaign][data-state=paused]").waitFor();
  await page.getByTestId("toast").first().waitFor();
  await popup.close();
});

test("stop all pauses what runs and undo resumes it", async () => {
  await page.getByTestId("action-resume").click();
  await page.locator("[data-testid=page-campaign][data-state=running]").waitFor();
  await page.getByTestId("stop-all").click();
  await page.getByTestId("stop-all-confirm").click();
  await page.locator("[data-testid=page-campaign][data-state=paused]").waitFor();
  await page.getByTestId("toast-undo").first().click();
  await page.locator("[data-testid=page-campaign][data-state=running]").waitFor();
});

test("a call shows its turns with latencies and its cost", async () => {
  await page.getByTestId("nav-calls").click();
  await page.getByTestId("chip-success").click();
  await page.getByTestId("calls-row").first().click();
  await page.getByTestId("page-call").waitFor();
  await page.getByTestId("turn").first().waitFor();
  assert.ok((await page.getByTestId("turn").count()) >= 2, "both sides spoke");
  await page.getByTestId("turn-latency").first().waitFor();
  assert.match((await page.getByTestId("call-cost").textContent()) ?? "", /\d/);
  await page.getByTestId("chart-cost").waitFor();
  assert.deepEqual(await violations(page), []);
});

test("the campaign's figures stand behind every chart as a table", async () => {
  await page.getByTestId("nav-analytics").click();
  await page.getByTestId("figures").waitFor();
  await page.getByTestId("chart-outcomes-table").click();
  await page.getByTestId("chart-outcomes").getByRole("table").waitFor();
  assert.ok((await page.getByTestId("chart-outcomes").getByRole("row").count()) >= 2);
});

test("the language switches at once and stays after a reload", async () => {
  await page.goto(desk.address("/settings/appearance"));
  await page.getByTestId("language-ru").click();
  await page.locator("html[lang=ru]").waitFor();
  assert.match((await page.getByTestId("nav-campaigns").textContent()) ?? "", /Кампании/);
  await page.reload();
  await page.locator("html[lang=ru][data-ready]").waitFor();
  await page.getByTestId("language-en").click();
  await page.locator("html[lang=en]").waitFor();
});

test("the palette finds in both languages and with the wrong layout", async () => {
  await page.getByTestId("nav-live").click();
  await page.getByTestId("page-live").waitFor();
  await page.keyboard.press("Control+k");
  for (const typed of ["skillb", "скиллб", "crbkk,f", "ылшддиф"]) {
    await page.getByTestId("palette-input").fill(typed);
    await page.getByTestId("palette-go-skillbases").waitFor();
  }
  await page.getByTestId("palette-go-skillbases").click();
  await page.getByTestId("page-skillbases").waitFor();
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
