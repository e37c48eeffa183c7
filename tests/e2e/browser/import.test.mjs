import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { windows1251, workbook } from "../files.mjs";
import { choose, chooseFile, chooseRole, dropFile, importIn, ledger, makeCampaign, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
let campaign;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Import Clinic" });
  campaign = await makeCampaign(desk, "Autumn");
  await desk.rpc("do_not_call_add", { companyId: campaign.companyId, campaignId: null, entries: ["+79161230099"], note: "Asked in person" });
});
after(() => desk?.stop());

const LIST = windows1251(
  [
    "Телефон;ФИО;Отделение;Комментарий",
    "+7 916 123-00-01;Анна Ёлкина;Север;звонить утром",
    "8 999 123-45-67;Борис Щукин;Юг;",
    "+7 916 123-00-03;Вера «Жанна» Цой;Юг;№ 5",
    "+7 (916) 123-00-01;Анна ещё раз;Север;",
    "8 (916) 123 00 03;Вера ещё раз;Юг;",
    "12345;Глеб Короткий;Север;",
    "+7 916 123-00-99;Дарья Не Звонить;Юг;",
  ].join("\r\n"),
);

const rows = () => page.getByTestId("fate-rows-row");
/** Opens the rows of a line of the ledger. */
async function openRows(fate, count) {
  await page.getByTestId(`fate-${fate}`).getByRole("button").click();
  await page.locator(`[data-testid=fate-${fate}] [aria-pressed=true]`).waitFor();
  await rows().nth(count - 1).waitFor();
  return rows().allTextContents();
}
const tasks = async () => (await desk.rpc("task_list", { companyId: campaign.companyId, campaignId: campaign.id, statuses: [], search: null, cursor: null, limit: 50 })).items;

/** A desk that was set up in English takes numbers without a country for American ones. */
async function numbersOfRussia() {
  await page.getByTestId("field-defaultRegion").fill("russia");
  await page.getByRole("option", { name: /Russia/ }).click();
}

test("a semicolon list in the code page of Russian Windows is read, and says what each column is for", async () => {
  await page.getByTestId("nav-lists").click();
  await page.getByTestId("page-lists").waitFor();
  await chooseFile(page, page.getByTestId("drop-zone"), "осень 2030.csv", LIST);
  await importIn(page, "columns").waitFor();
  await page.locator("[data-testid=preview-table][data-state=ready]").waitFor();
  assert.equal(await page.getByTestId("import-file").textContent(), "осень 2030.csv");
  const columns = page.getByTestId("preview-column");
  assert.equal(await columns.count(), 4);
  assert.deepEqual(await columns.evaluateAll((all) => all.map((column) => column.dataset.role)), ["phone", "name", "extra", "notes"]);
  for (const text of ["Отделение", "Анна Ёлкина", "Вера «Жанна» Цой", "№ 5"]) await page.getByTestId("preview-table").getByText(text, { exact: true }).first().waitFor();
  assert.match((await page.getByTestId("field-encoding").textContent()) ?? "", /windows-1251/i);
  assert.match((await page.getByTestId("field-delimiter").textContent()) ?? "", /semicolon/i);
  assert.deepEqual(await violations(page), []);
});

test("it is not checked before it has a campaign; the numbers' country and a role can be changed", async () => {
  await page.locator("[data-testid=import-columns][data-state=noCampaign]").waitFor();
  assert.equal(await page.getByTestId("import-check").isDisabled(), true);
  await choose(page, "campaignId", "Autumn");
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
  await numbersOfRussia();
  await page.getByTestId("column-role").nth(2).click();
  await page.getByRole("listbox", { name: /Отделение/ }).waitFor();
  await page.keyboard.press("Escape");
  await chooseRole(page, 2, "tags");
  await chooseRole(page, 0, "ignore");
  await page.getByTestId("import-no-phone").waitFor();
  assert.equal(await page.getByTestId("import-check").isDisabled(), true, "without numbers there is nobody to call");
  await chooseRole(page, 0, "phone");
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
});

test("a code page that was read wrongly can be corrected and taken back", async () => {
  await choose(page, "encoding", "KOI8-R");
  await page.getByTestId("preview-table").getByText("Анна Ёлкина").first().waitFor({ state: "detached" });
  await choose(page, "encoding", "windows-1251");
  await page.getByTestId("preview-table").getByText("Анна Ёлкина").first().waitFor();
  assert.equal(await page.getByTestId("preview-column").nth(2).getAttribute("data-role"), "tags", "what was decided stays");
});

test("the check says what becomes of every row, and why", async () => {
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").getByTestId("import-checked").waitFor();
  assert.deepEqual(await ledger(page), { ready: 2, fixed: 1, duplicate: 2, do_not_call: 1, invalid: 1, taken: 3, left: 4, total: 7 });
  assert.deepEqual(await tasks(), [], "checking dials and queues nobody");

  const [repaired] = await openRows("fixed", 1);
  assert.match(repaired, /8 999 123-45-67/, "as it stood");
  assert.match(repaired, /\+7\s999\s123-45-67/, "and as it was read");
  const repeated = await openRows("duplicate", 2);
  assert.match(repeated[0], /^5.*Анна ещё раз/, "with its line in the file");
  assert.match(repeated[1], /^6.*Вера ещё раз/);
  assert.match((await openRows("do_not_call", 1))[0], /Дарья Не Звонить/);
  assert.match((await openRows("invalid", 1))[0], /12345.*(too few digits|not a valid number)/);
  assert.equal((await openRows("ready", 2)).length, 2);
  assert.deepEqual(await violations(page), []);
});

test("a checked import is found again after the desk was closed", async () => {
  const path = new URL(page.url()).pathname;
  await page.goto(desk.address("/lists"));
  await page.getByTestId("import-continue").click();
  await importIn(page, "checked").waitFor();
  assert.equal(new URL(page.url()).pathname, path);
  assert.equal((await ledger(page)).taken, 3);
});

test("adding it puts the good rows into the campaign's queue, with their labels", async () => {
  await page.getByTestId("import-commit").click();
  await importIn(page, "committed").getByTestId("import-done").waitFor();
  assert.deepEqual(await ledger(page), { ready: 2, fixed: 1, duplicate: 2, do_not_call: 1, invalid: 1, taken: 3, left: 4, total: 7 });
  await page.getByTestId("import-open-campaign").click();
  await page.getByTestId("page-campaign").waitFor();
  await page.getByTestId("tab-queue").click();
  await page.getByTestId("tasks-row").nth(2).waitFor();
  assert.deepEqual((await tasks()).map(({ contactName, phone }) => [contactName, phone]), [
    ["Анна Ёлкина", "+79161230001"],
    ["Борис Щукин", "+79991234567"],
    ["Вера «Жанна» Цой", "+79161230003"],
  ]);
  const { items } = await desk.rpc("contact_list", { companyId: campaign.companyId, filter: { search: "Ёлкина", tags: [], callListId: null, called: null }, cursor: null, limit: 10 });
  assert.deepEqual(items.map(({ tags, notes }) => [tags, notes]), [[["Север"], "звонить утром"]]);
});

let rejects;
test("the rows that were left out are saved as a workbook", async () => {
  await page.getByTestId("nav-lists").click();
  await page.getByTestId("imports-row").filter({ hasText: "осень 2030.csv" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("imports-row").filter({ hasText: "осень 2030.csv" }).getByTestId("import-rejects").click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  rejects = await readFile(await download.path());
  assert.equal(rejects.subarray(0, 2).toString(), "PK");
});

test("undoing it takes its tasks and its new contacts away", async () => {
  await page.getByTestId("imports-row").filter({ hasText: "осень 2030.csv" }).click();
  await importIn(page, "committed").waitFor();
  await page.getByTestId("import-undo-button").click();
  await page.locator("[data-testid=import-undo][data-state=all]").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByTestId("import-undo").getByTestId("confirm").click();
  await importIn(page, "undone").waitFor();
  assert.deepEqual(await tasks(), []);
  const { items } = await desk.rpc("contact_list", { companyId: campaign.companyId, filter: { search: "Ёлкина", tags: [], callListId: null, called: null }, cursor: null, limit: 10 });
  assert.deepEqual(items, []);
  await page.goto(desk.address(`/campaigns/${campaign.id}/queue`));
  await page.getByTestId("empty").waitFor();
});

test("the saved rows can be brought again, and their columns are known", async () => {
  await dropFile(page, "rejected.xlsx", rejects);
  await importIn(page, "columns").waitFor();
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
  await numbersOfRussia();
  const names = await page.getByTestId("preview-column").evaluateAll((all) => all.map((column) => `${column.firstElementChild.textContent}: ${column.dataset.role}`));
  assert.ok(names.includes("Телефон: phone") && names.includes("ФИО: name"), names.join(", "));
  for (const name of ["Анна ещё раз", "Вера ещё раз", "Глеб Короткий", "Дарья Не Звонить"]) await page.getByTestId("preview-table").getByText(name, { exact: true }).first().waitFor();
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").waitFor();
  // Both that were repeated are good now: their first rows are no longer in the campaign.
  assert.deepEqual(await ledger(page), { ready: 1, fixed: 1, do_not_call: 1, invalid: 1, taken: 2, left: 2, total: 4 });
  await page.getByTestId("import-cancel").click();
  await page.getByTestId("page-lists").waitFor();
});

test("a workbook opens on the sheet that is in sight, and a hidden one can be chosen", async () => {
  const book = workbook([
    { name: "Last year", hidden: true, rows: [["Mobile", "Client"], ["+79167770001", "Old Client"]] },
    { name: "People", rows: [["phone", "name", "age"], [79167770011, "Olga Reed", 41], ["+7 916 777-00-12", "Pavel Reed", 39], ["+7 916 777-00-12", "Pavel again", 39]] },
  ]);
  await page.goto(desk.address("/lists/import"));
  await chooseFile(page, page.getByTestId("drop-zone"), "people.xlsx", book);
  await page.getByTestId("preview-table").getByText("Olga Reed", { exact: true }).first().waitFor();
  assert.match((await page.getByTestId("field-sheet").textContent()) ?? "", /People/);
  assert.equal(await page.getByTestId("field-encoding").count(), 0, "a workbook has no code page");
  await page.getByTestId("field-sheet").click();
  await page.getByRole("option").filter({ hasText: "Last year" }).filter({ hasText: /hidden/i }).waitFor();
  await page.keyboard.press("Escape");
  await choose(page, "sheet", "Last year");
  await page.getByTestId("preview-table").getByText("Old Client", { exact: true }).first().waitFor();
  assert.equal(await page.getByTestId("preview-column").count(), 2);
  await choose(page, "sheet", "People");
  await page.getByTestId("preview-table").getByText("Olga Reed", { exact: true }).first().waitFor();
  await choose(page, "campaignId", "Autumn");
  await numbersOfRussia();
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").waitFor();
  const counted = await ledger(page);
  assert.deepEqual([counted.taken, counted.duplicate, counted.total], [2, 1, 3]);
  await page.getByTestId("import-commit").click();
  await page.getByTestId("import-done").waitFor();
  assert.deepEqual((await tasks()).map(({ contactName, phone, contactData }) => [contactName, phone, contactData.age]), [
    ["Olga Reed", "+79167770011", "41"],
    ["Pavel Reed", "+79167770012", "39"],
  ]);
});

test("the same list once more adds nobody and says so", async () => {
  await page.goto(desk.address(`/campaigns/${campaign.id}`));
  await page.getByTestId("page-campaign").waitFor();
  await dropFile(page, "people.csv", "phone,name,age\n+79167770011,Olga Reed,41\n+79167770012,Pavel Reed,39\n");
  await page.locator("[data-testid=import-columns][data-state=ready]").waitFor();
  await page.getByTestId("import-remembered").waitFor();
  await page.getByTestId("import-check").click();
  await importIn(page, "checked").waitFor();
  assert.deepEqual(await ledger(page), { in_campaign: 2, taken: 0, left: 2, total: 2 });
  assert.equal(await page.getByTestId("import-commit").isDisabled(), true);
  await page.getByTestId("import-cancel").click();
  await page.getByTestId("page-lists").waitFor();
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
