import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { choose, chooseFile, dropFile, importIn, ledger, makeCampaign, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
let queue;
let campaign;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Quiet Clinic" });
  campaign = await makeCampaign(desk, "Autumn");
  await dropInto(campaign, "people.csv", LIST);
  await page.getByTestId("import-commit").click();
  await page.getByTestId("import-done").waitFor();
  // Stays open beside: what is forbidden shows there without a press.
  queue = await desk.open(`/campaigns/${campaign.id}/queue`);
  await queue.getByTestId("tasks-row").nth(4).waitFor();
});
after(() => desk?.stop());

const LIST = ["phone,name", "+79161230001,Anna", "+79161230002,Boris", "+74951230003,Clara", "+74951230004,Denis", "+79161230005,Egor"].join("\n");

/** Drops a list on a campaign and checks it. */
async function dropInto({ id }, name, text) {
  await page.goto(desk.address(`/campaigns/${id}`));
  await page.getByTestId("page-campaign").waitFor();
  await dropFile(page, name, text);
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").waitFor();
}

async function openList() {
  await page.goto(desk.address("/do-not-call"));
  await page.locator("[data-testid=page-do-not-call][data-state=ready]").waitFor();
}

const task = (name) => queue.getByTestId("tasks-row").filter({ hasText: name });
const entry = (text) => page.getByTestId("do-not-call-row").filter({ hasText: text });
const statuses = async () =>
  Object.fromEntries(
    (await desk.rpc("task_list", { companyId: campaign.companyId, campaignId: campaign.id, statuses: [], search: null, cursor: null, limit: 50 })).items.map(({ contactName, status }) => [contactName, status]),
  );

test("an empty list says what it is for", async () => {
  await page.getByTestId("nav-lists").click();
  await page.getByTestId("tab-doNotCall").click();
  await page.getByTestId("page-do-not-call").getByTestId("empty").waitFor();
  assert.deepEqual(await violations(page), []);
});

test("a forbidden number skips its waiting task, in the other window too", async () => {
  await page.getByTestId("add-entries").first().click();
  await page.getByTestId("forbid").getByTestId("confirm").click();
  assert.equal(await page.getByTestId("error-entries").getAttribute("data-code"), "required");
  await page.getByTestId("field-entries").fill("+7 (916) 123-00-01");
  await page.getByTestId("field-note").fill("Asked in person");
  await page.getByTestId("forbid").getByTestId("confirm").click();
  await entry("Asked in person").waitFor();
  await page.getByTestId("toast").filter({ hasText: "1 waiting call is skipped" }).waitFor();
  await task("Anna").getByText("Skipped", { exact: true }).waitFor();
  assert.deepEqual(await statuses(), { Anna: "skipped", Boris: "pending", Clara: "pending", Denis: "pending", Egor: "pending" });
});

test("a prefix says how many it forbids, and what is no number is told apart", async () => {
  await page.getByTestId("add-entries").first().click();
  await page.getByTestId("field-entries").fill("+7 495*\n+7 916 123 00 01\nthe neighbour");
  await page.getByTestId("prefix-warning").filter({ hasText: /10,000,000|10.000.000/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await choose(page, "scope", "Autumn");
  await page.getByTestId("forbid").getByTestId("confirm").click();
  await page.locator("[data-testid=forbid][data-state=done]").waitFor();
  assert.match((await page.getByTestId("refusal").textContent()) ?? "", /the neighbour/);
  await page.getByTestId("done").click();
  const prefix = entry("495");
  await prefix.filter({ hasText: "all that begin so" }).filter({ hasText: "Autumn" }).waitFor();
  for (const name of ["Clara", "Denis"]) await task(name).getByText("Skipped", { exact: true }).waitFor();
  assert.deepEqual(await statuses(), { Anna: "skipped", Boris: "pending", Clara: "skipped", Denis: "skipped", Egor: "pending" });
});

test("numbers of a file are forbidden", async () => {
  await chooseFile(page, page.getByTestId("forbid-pick"), "complaints.csv", "phone;why\n+7 916 123-00-02;letter\n12;short\n");
  await page.getByTestId("forbid-file").getByTestId("confirm").click();
  await page.getByTestId("forbid-result").waitFor();
  await page.getByTestId("done").click();
  await entry("from a file").waitFor();
  await task("Boris").getByText("Skipped", { exact: true }).waitFor();
});

test("an import leaves out who is forbidden, in the campaign of the prefix only", async () => {
  const { id } = campaign;
  await dropInto({ id }, "again.csv", "phone,name\n+74951230007,Fedor\n+79161230008,Galina\n");
  assert.deepEqual(await ledger(page), { ready: 1, do_not_call: 1, taken: 1, left: 1, total: 2 });
  await page.getByTestId("import-cancel").click();
  await page.getByTestId("page-lists").waitFor();
  const other = await makeCampaign(desk, "Winter");
  await dropInto(other, "winter.csv", "phone,name\n+74951230007,Fedor\n+79161230001,Anna\n");
  assert.deepEqual(await ledger(page), { ready: 1, do_not_call: 1, taken: 1, left: 1, total: 2 });
  await page.getByTestId("import-cancel").click();
  await page.getByTestId("page-lists").waitFor();
});

test("an entry is found by its note, removed, and forbidden again by undo", async () => {
  await openList();
  assert.equal(await page.getByTestId("do-not-call-row").count(), 4, "Anna everywhere and in the campaign, the prefix, the file");
  await page.getByTestId("search").fill("in person");
  await entry("495").waitFor({ state: "detached" });
  assert.equal(await page.getByTestId("do-not-call-row").count(), 1);
  await entry("Asked in person").getByTestId("allow").click();
  await entry("Asked in person").waitFor({ state: "detached" });
  await page.getByTestId("toast-undo").first().click();
  await entry("Asked in person").waitFor();
});

test("several are removed at once, and their numbers can be called again", async () => {
  await openList();
  await page.getByTestId("do-not-call-row").nth(3).waitFor();
  for (const index of [0, 1, 2, 3]) await page.getByTestId("do-not-call-choose").nth(index).click();
  await page.getByTestId("bulk-allow").click();
  await page.getByTestId("page-do-not-call").getByTestId("empty").waitFor();
  const winter = (await desk.rpc("campaign_list", { companyId: campaign.companyId, states: [], skillbaseId: null, search: "Winter", cursor: null, limit: 1 })).items[0];
  await dropInto(winter, "winter.csv", "phone,name\n+74951230003,Clara\n+79161230001,Anna\n");
  assert.deepEqual(await ledger(page), { known: 2, taken: 2, left: 0, total: 2 });
  // What was skipped stays so: nobody is called because a list became shorter.
  assert.equal((await statuses()).Anna, "skipped");
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
