// What a supervisor does with the queue: hours, retries, limits, the forecast before a start, calls out of turn, and the answer
// to "why". The figures on the screen are compared with what the host says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { choose, makeCampaign, setUp, startDesk, untilNumber, violations } from "./desk.mjs";

let desk;
let page;
let company;
let campaign;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Queue Clinic" });
  [company] = (await desk.rpc("company_list", {})).items;
  campaign = await makeCampaign(desk, "Autumn");
});
after(() => desk?.stop());

const stored = async () => desk.rpc("campaign_get", { companyId: company.id, campaignId: campaign.id });
const saved = () => page.locator("[data-testid=campaign-form][data-state=clean]").waitFor();

async function openSettings() {
  await page.goto(desk.address(`/campaigns/${campaign.id}/settings`));
  await page.getByTestId("hours-grid").waitFor();
}

async function save() {
  await page.getByTestId("save").click();
  await saved();
}

test("hours are a preset, then a break by exact times, then copied", async () => {
  await openSettings();
  await page.getByTestId("hours-presets").click();
  await page.getByTestId("menu-preset-workdays").click();
  await page.getByTestId("field-hours.0.closes").fill("13:00");
  await page.getByTestId("hours-add").click();
  await page.getByTestId("hours-copy").click();
  await page.getByTestId("menu-copy-workdays").click();
  await save();
  assert.deepEqual((await stored()).form.hours, [
    { weekdays: [1, 2, 3, 4, 5], opens: "09:00", closes: "13:00" },
    { weekdays: [1, 2, 3, 4, 5], opens: "14:00", closes: "18:00" },
  ]);
  assert.match((await page.getByTestId("opening").textContent()) ?? "", /open/i);
  assert.deepEqual(await violations(page), []);
});

test("hours are moved by the arrow keys and made by the mouse", async () => {
  await openSettings();
  const monday = page.getByTestId("hours-day-1");
  await monday.getByTestId("hours-span").first().focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Alt+ArrowRight");
  assert.equal(await page.getByTestId("field-hours.0.opens").inputValue(), "09:00");
  assert.equal(await page.getByTestId("field-hours.0.closes").inputValue(), "13:00");
  const saturday = page.getByTestId("hours-day-6").getByRole("gridcell");
  const box = await saturday.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + (box.width * 10) / 24, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + (box.width * 14) / 24, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  await page.locator("[data-testid=hours-panel][data-state='6']").waitFor();
  await save();
  assert.deepEqual((await stored()).form.hours.find(({ weekdays }) => weekdays.includes(6)), { weekdays: [6], opens: "10:00", closes: "14:00" });
});

test("hours over midnight lie in both days", async () => {
  await openSettings();
  await page.getByTestId("hours-day-7").getByRole("button", { name: "Sunday" }).click();
  await page.getByTestId("hours-add").click();
  const index = (await stored()).form.hours.reduce((sum, { weekdays }) => sum + weekdays.length, 0);
  await page.getByTestId(`field-hours.${index}.opens`).fill("22");
  await page.getByTestId(`field-hours.${index}.closes`).fill("06:00");
  await page.getByTestId(`field-hours.${index}.closes`).blur();
  await page.getByTestId("hours-day-1").getByTestId("hours-rest").waitFor();
  await save();
  assert.deepEqual((await stored()).form.hours.find(({ weekdays }) => weekdays.includes(7)), { weekdays: [7], opens: "22:00", closes: "06:00" });
});

test("retries are set by row, refused at their field and brought back to the defaults", async () => {
  await openSettings();
  await page.getByTestId("retry-presets").click();
  await page.getByTestId("menu-retries-simple").click();
  await page.getByTestId("retry-no_answer").getByTestId("retry-row").click();
  await page.getByTestId("retries.no_answer.kind-exponential").click();
  await page.getByTestId("field-retries.no_answer.base").fill("30");
  await page.getByTestId("field-retries.no_answer.cap").fill("10");
  await page.getByTestId("save").click();
  assert.equal(await page.getByTestId("error-retries.no_answer.cap").getAttribute("data-code"), "capBelowBase");
  await page.getByTestId("field-retries.no_answer.cap").fill("120");
  assert.match((await page.getByTestId("retry-no_answer").getByTestId("retry-sentence").textContent()) ?? "", /30 min.*2 h/);
  await save();
  assert.deepEqual((await stored()).form.retries, [{ situation: "no_answer", attempts: null, delay: { kind: "exponential", baseMinutes: 30, capMinutes: 120, jitterPercent: 20 }, usesAttempt: true, anotherDaypart: false, nextNumber: false }]);
  await page.getByTestId("retry-defaults").click();
  await save();
  const defaults = await desk.rpc("campaign_defaults", { companyId: company.id });
  const { form } = await stored();
  for (const rule of form.retries) assert.deepEqual(rule, defaults.recommendedRetries.find(({ situation }) => situation === rule.situation), rule.situation);
  assert.deepEqual(await violations(page), []);
});

test("a holiday of the company closes the day in every campaign", async () => {
  await page.goto(desk.address("/settings/holidays"));
  const form = page.getByTestId("holidays-form");
  const next = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await form.locator(`[data-date="${next}"]`).click();
  await page.getByTestId(`field-holidays.${next}`).fill("Open house");
  await form.getByTestId("save").click();
  await page.locator("[data-testid=holidays-form][data-state=clean]").waitFor();
  const limits = await desk.rpc("limits_get", { companyId: company.id, campaignId: null });
  assert.deepEqual(limits.company.holidays, [{ date: next, name: "Open house" }]);
  await openSettings();
  await page.getByTestId("holiday-range").filter({ hasText: "Open house" }).waitFor();
  assert.deepEqual(await violations(page), []);
});

test("limits show what admission counts, and a longer time that allows less is refused", async () => {
  await page.goto(desk.address("/settings/limits"));
  await page.getByTestId("limits-in-use").waitFor();
  const form = page.getByTestId("company-limit");
  await form.getByTestId("field-numberPerDay").fill("3");
  await form.getByTestId("field-numberPerWeek").fill("2");
  await form.getByTestId("save").click();
  assert.equal(await page.getByTestId("error-numberPerWeek").getAttribute("data-code"), "range");
  await form.getByTestId("field-numberPerWeek").fill("5");
  await form.getByTestId("field-dailyBudget").fill("250");
  await form.getByTestId("save").click();
  await page.locator("[data-testid=company-limit][data-state=clean]").waitFor();
  const limits = await desk.rpc("limits_get", { companyId: company.id, campaignId: null });
  assert.equal(limits.company.numberPerDay, 3);
  assert.equal(limits.company.holidays.length, 1, "the form of the limits leaves the holidays");
  for (const { kind, used, limit } of limits.uses.filter((use) => use.kind.endsWith("company_at_once"))) {
    const bar = page.getByTestId(`limit-${kind}`);
    assert.deepEqual([Number(await bar.getAttribute("data-used")), Number(await bar.getAttribute("data-limit"))], [used, limit]);
  }
  await page.getByTestId("budget-company_budget").waitFor();
  assert.deepEqual(await violations(page), []);
});

test("before a start the forecast says what the button will do", async () => {
  const { items } = await desk.rpc("campaign_list", { companyId: company.id, states: ["draft"], skillbaseId: null, search: null, cursor: null, limit: 10 });
  const sample = items.find(({ counts }) => counts.total > 0);
  await page.goto(desk.address(`/campaigns/${sample.id}/overview`));
  await page.getByTestId("action-start").click();
  await page.locator("[data-testid=ask-start][data-state=ready]").waitFor();
  const plan = await desk.rpc("campaign_preflight", { companyId: company.id, campaignId: sample.id, form: null });
  assert.equal(Number(await page.getByTestId("preflight").getAttribute("data-state")), plan.willBeDialled);
  assert.match((await page.getByTestId("confirm").textContent()) ?? "", new RegExp(`Start calling ${plan.willBeDialled} contacts?`));
  assert.equal(plan.willBeDialled + plan.skipped.reduce((sum, { contacts }) => sum + contacts, 0), plan.contacts, "everybody is called or has a reason");
  for (const { reason, contacts } of plan.skipped.filter((one) => one.contacts > 0)) assert.equal(Number(await page.getByTestId(`skip-${reason}`).getAttribute("data-state")), contacts);
  assert.deepEqual(await violations(page), []);
});

test("why a contact is not called is said on its row, in the words of the host's reason", async () => {
  const { items: contacts } = await desk.rpc("contact_list", { companyId: company.id, filter: { search: null, tags: [], callListId: null, called: null }, cursor: null, limit: 3 });
  await desk.rpc("contact_call", { companyId: company.id, selection: { type: "ids", ids: contacts.map(({ id }) => id) }, campaignId: campaign.id });
  await page.goto(desk.address(`/campaigns/${campaign.id}/queue`));
  const row = page.getByTestId("tasks-row").first();
  const taskId = await row.getAttribute("data-id");
  await row.getByTestId("why-button").click();
  const { explanation } = await desk.rpc("task_explain", { companyId: company.id, taskId });
  await page.getByTestId("why").locator(`[data-testid=dialing][data-state=${explanation.first.reason}]`).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await page.goto(desk.address(`/contacts/${contacts[0].id}`));
  await page.getByTestId("contact-why").first().waitFor();
});

test("a callback is promised for a time and taken back", async () => {
  await page.goto(desk.address(`/campaigns/${campaign.id}/queue`));
  const row = page.getByTestId("tasks-row").first();
  const taskId = await row.getAttribute("data-id");
  const promised = async () => (await desk.rpc("task_list", { companyId: company.id, campaignId: campaign.id, statuses: [], search: null, cursor: null, limit: 10 })).items.find(({ id }) => id === taskId).callbackAt;
  await row.getByTestId("task-menu").click();
  await page.getByTestId("menu-callback").click();
  await page.getByTestId("field-at-date").fill("02.03.2030");
  await page.getByTestId("field-at-time").fill("10:00");
  await page.getByTestId("callback").getByTestId("confirm").click();
  await page.getByTestId("callback").waitFor({ state: "detached" });
  assert.equal(await promised(), "2030-03-02T07:00:00Z", "10:00 in Moscow");
  await row.getByTestId("task-menu").click();
  await page.getByTestId("menu-callback-undo").click();
  await page.getByTestId("toast").filter({ hasText: "when the queue says so" }).waitFor();
  assert.equal(await promised(), null);
});

test("Call now takes a line at once or says the place in line", async () => {
  const { items: contacts } = await desk.rpc("contact_list", { companyId: company.id, filter: { search: null, tags: [], callListId: null, called: null }, cursor: null, limit: 1 });
  const [skillbase] = (await desk.rpc("skillbase_list", { companyId: company.id, archived: false })).items;
  await page.goto(desk.address(`/contacts/${contacts[0].id}`));
  await page.getByTestId("call-now-button").click();
  await page.getByTestId("how-skillbase").click();
  await choose(page, "skillbaseId", skillbase.name);
  assert.deepEqual(await violations(page), []);
  await page.getByTestId("call-now").getByTestId("confirm").click();
  const done = page.locator("[data-testid=call-now]:is([data-state=started], [data-state=queued])");
  const refused = page.getByTestId("error-phone");
  await done.or(refused).first().waitFor();
  if (await done.count()) await page.getByTestId("done").click();
});

test("the inbox holds what the host tells, and reading empties the bell", async () => {
  await page.goto(desk.address("/"));
  const { items, unread } = await desk.rpc("notice_list", { companyId: company.id, unreadOnly: false, cursor: null, limit: 50 });
  await page.locator(`[data-testid=notices][data-count="${unread}"]`).waitFor();
  await page.getByTestId("notices").click();
  await page.getByTestId(items.length === 0 ? "notices-empty" : "notice").first().waitFor();
  assert.equal(await page.getByTestId("notice").count(), items.length);
  assert.deepEqual(await violations(page), []);
  if (unread > 0) {
    await page.getByTestId("notices-read").click();
    await page.locator("[data-testid=notices][data-count='0']").waitFor();
  }
  await page.keyboard.press("Escape");
});

test("the overview shows the limits that hold, and its counts go on", async () => {
  await openSettings();
  await page.getByTestId("hours-presets").click();
  await page.getByTestId("menu-preset-always").click();
  await save();
  await desk.rpc("campaign_start", { companyId: company.id, campaignId: campaign.id });
  await page.goto(desk.address(`/campaigns/${campaign.id}/overview`));
  await page.getByTestId("limits-now").getByTestId("limit-campaign_at_once").waitFor();
  await untilNumber(page.getByTestId("count-completed"), (count) => count >= 0, "contacts reached");
  const explained = await desk.rpc("campaign_explain", { companyId: company.id, campaignId: campaign.id });
  assert.ok(explained.first.reason, "it says why");
  assert.deepEqual(await violations(page), []);
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
