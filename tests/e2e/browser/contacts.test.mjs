import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { choose, makeCampaign, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
let queue;
let campaign;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Book Clinic" });
  campaign = await makeCampaign(desk, "Autumn");
  queue = await desk.open(`/campaigns/${campaign.id}/queue`);
  await queue.getByTestId("empty").waitFor();
});
after(() => desk?.stop());

const row = (name) => page.getByTestId("contacts-row").filter({ hasText: name });
const task = (name) => queue.getByTestId("tasks-row").filter({ hasText: name });
const found = async (search) => (await desk.rpc("contact_list", { companyId: campaign.companyId, filter: { search, tags: [], callListId: null, called: null }, cursor: null, limit: 200 })).items;

async function openBook() {
  await page.goto(desk.address("/contacts"));
  await page.locator("[data-testid=page-contacts][data-state=ready]").waitFor();
}

async function onlyLarks() {
  await row("Nina Frost").waitFor({ state: "detached" });
  for (const name of ["Vera Lark", "Gleb Lark"]) await row(name).waitFor();
  assert.equal(await page.getByTestId("contacts-row").count(), 2);
}

async function choosePeople(...names) {
  for (const name of names) {
    await row(name).getByTestId("contacts-choose").click();
    await row(name).and(page.locator("[data-chosen]")).waitFor();
  }
  assert.match((await page.getByTestId("selection-count").textContent()) ?? "", new RegExp(`^${names.length} `));
}

test("people are added one by one, and a wrong number is refused at its field", async () => {
  await page.getByTestId("nav-lists").click();
  await page.getByTestId("tab-contacts").click();
  await page.locator("[data-testid=page-contacts][data-state=ready]").waitFor();
  for (const [name, number, tag] of [["Vera Lark", "+7 916 555-00-01", "garden"], ["Gleb Lark", "+7 916 555-00-02", "garden"], ["Nina Frost", "+7 916 555-00-03", ""]]) {
    await page.getByTestId("new-contact").click();
    await page.getByTestId("page-contact-new").waitFor();
    await page.getByTestId("field-name").fill(name);
    if (name === "Vera Lark") {
      await page.getByTestId("field-phone").fill("12");
      await page.getByTestId("save").click();
      await page.getByTestId("error-phone").waitFor();
    }
    await page.getByTestId("field-phone").fill(number);
    if (tag) {
      await page.getByTestId("field-tags").fill(tag);
      await page.keyboard.press("Enter");
    }
    await page.getByTestId("save").click();
    await page.locator("[data-testid=page-contact]:not([data-state=loading])").filter({ hasText: name }).waitFor();
    await page.getByTestId("nav-lists").click();
    await page.getByTestId("tab-contacts").click();
  }
  assert.deepEqual((await found("Lark")).map(({ name, phone, tags }) => [name, phone, tags]).toSorted(), [
    ["Gleb Lark", "+79165550002", ["garden"]],
    ["Vera Lark", "+79165550001", ["garden"]],
  ]);
});

test("a contact is found by a part of its name, its number and its tag", async () => {
  await openBook();
  await page.getByTestId("search").fill("lark");
  await onlyLarks();
  await page.getByTestId("search").fill("555-00-03");
  await row("Nina Frost").waitFor();
  await row("Vera Lark").waitFor({ state: "detached" });
  await page.getByTestId("search").fill("nobody at all");
  await page.getByTestId("page-contacts").getByTestId("empty").waitFor();
  await openBook();
  await page.getByTestId("chip-garden").click();
  await onlyLarks();
  assert.deepEqual(await violations(page), []);
});

test("a contact is edited, and undo brings back what stood there", async () => {
  await openBook();
  await row("Nina Frost").click();
  await page.getByTestId("contact-edit").click();
  await page.getByTestId("field-name").fill("Nina Winter");
  await page.getByTestId("field-organization").fill("Winter & Sons");
  await page.getByTestId("save").click();
  await page.getByTestId("contact-edit").waitFor();
  assert.deepEqual((await found("Winter")).map(({ name, organization }) => [name, organization]), [["Nina Winter", "Winter & Sons"]]);
  assert.deepEqual(await violations(page), []);
  await page.getByTestId("toast-undo").first().click();
  await page.getByTestId("page-contact").getByRole("heading", { name: "Nina Frost" }).waitFor();
  assert.deepEqual((await found("555")).map(({ name, organization }) => [name, organization]).filter(([name]) => name.startsWith("Nina")), [["Nina Frost", null]]);
});

test("two people are chosen and put into a campaign's queue", async () => {
  await openBook();
  await choosePeople("Vera Lark", "Nina Frost");
  await page.getByTestId("bulk-call").click();
  assert.deepEqual(await violations(page), []);
  await page.getByTestId("contacts-call").getByTestId("confirm").click();
  assert.equal(await page.getByTestId("error-campaignId").getAttribute("data-code"), "required");
  await choose(page, "campaignId", "Autumn");
  await page.getByTestId("contacts-call").getByTestId("confirm").click();
  await page.locator("[data-testid=contacts-call][data-state=done]").waitFor();
  await page.getByTestId("done").click();
  await page.getByTestId("selection-bar").waitFor({ state: "detached" });
  for (const name of ["Vera Lark", "Nina Frost"]) await task(name).getByText("Waiting", { exact: true }).waitFor();
  assert.equal(await queue.getByTestId("tasks-row").count(), 2);
});

test("who is in the queue already is not put there twice", async () => {
  await openBook();
  await choosePeople("Vera Lark", "Gleb Lark");
  await page.getByTestId("bulk-call").click();
  await choose(page, "campaignId", "Autumn");
  await page.getByTestId("contacts-call").getByTestId("confirm").click();
  await page.locator("[data-testid=contacts-call][data-state=done]").waitFor();
  assert.match((await page.getByTestId("contacts-call").textContent()) ?? "", /1 contact is in the queue/);
  await page.getByTestId("done").click();
  await task("Gleb Lark").waitFor();
  assert.equal(await queue.getByTestId("tasks-row").count(), 3);
});

test("a contact's page says where it waits, and forbids it", async () => {
  await openBook();
  await row("Gleb Lark").click();
  await page.locator("[data-testid=contact-task][data-state=pending]").waitFor();
  await page.getByTestId("contact-allowed").getByTestId("forbid").click();
  await page.getByTestId("forbid").getByTestId("confirm").click();
  await page.getByTestId("contact-forbidden").waitFor();
  await page.locator("[data-testid=contact-task][data-state=skipped]").waitFor();
  await task("Gleb Lark").getByText("Skipped", { exact: true }).waitFor();
  await page.getByTestId("contact-forbidden").getByTestId("allow").click();
  await page.getByTestId("contact-allowed").waitFor();
});

test("deleting who is queued says so first, and skips the task", async () => {
  await openBook();
  await choosePeople("Vera Lark");
  await page.getByTestId("bulk-delete").click();
  assert.match((await page.getByTestId("delete-effect").textContent()) ?? "", /Deletes 1 contact\. 1 waiting call will be skipped/);
  assert.deepEqual(await violations(page), []);
  await page.getByTestId("contacts-delete").getByTestId("confirm").click();
  await row("Vera Lark").waitFor({ state: "detached" });
  assert.deepEqual(await found("Vera Lark"), []);
  await queue.getByTestId("chip-skipped").click();
  await queue.getByTestId("tasks-row").filter({ hasText: "916 555-00-01" }).getByText("Skipped", { exact: true }).waitFor();
});

test("the chosen are exported as a workbook", async () => {
  await openBook();
  await choosePeople("Nina Frost", "Gleb Lark");
  await page.getByTestId("selection-bar").getByTestId("export").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("menu-export-xlsx").click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  assert.equal((await readFile(await download.path())).subarray(0, 2).toString(), "PK");
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
