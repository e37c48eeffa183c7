import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { choose, makeCampaign, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
let campaign;
const blank = { otherPhones: [], email: "", organization: "", notes: "", tags: [], zone: "", data: {} };
const book = async () => (await desk.rpc("contact_list", { companyId: campaign.companyId, filter: { search: "+7 916 111", tags: [], callListId: null, called: null }, cursor: null, limit: 200 })).items;

before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Shared Clinic" });
  campaign = await makeCampaign(desk, "Winter");
  for (const [name, phone, tags] of [["Anna", "+79161110001", ["vip"]], ["Anna again", "+79161110002", ["spring"]], ["Boris", "+79161110003", []], ["Vera", "+79161110004", []]]) {
    await desk.rpc("contact_create", { companyId: campaign.companyId, form: { ...blank, name, phone, tags } });
  }
});
after(() => desk?.stop());

const press = (testid) => page.getByTestId(testid).click();
const fill = (field, text) => page.getByTestId(`field-${field}`).fill(text);
const row = (name) => page.getByTestId("contacts-row").filter({ hasText: name });

async function openBook() {
  await page.goto(desk.address("/contacts"));
  await page.locator("[data-testid=page-contacts][data-state=ready]").waitFor();
  await page.getByTestId("search").fill("+7 (916) 111");
  await page.getByTestId("match-count").filter({ hasText: /^[34] / }).waitFor();
}

test("what somebody else changed meanwhile is shown, and what was typed is kept", async () => {
  await openBook();
  await row("Boris").click();
  await press("contact-edit");
  await fill("email", "mine@example.org");
  const boris = (await book()).find(({ name }) => name === "Boris");
  await desk.rpc("contact_update", { companyId: campaign.companyId, contactId: boris.id, revision: boris.revision, form: { ...blank, phone: boris.phone, name: "Boris Theirs", organization: "North" } });
  await page.locator("[data-testid=conflict-field][data-field=name]").filter({ hasText: "Boris Theirs" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await press("conflict-keep");
  assert.equal(await page.getByTestId("field-email").inputValue(), "mine@example.org");
  assert.equal(await page.getByTestId("field-organization").inputValue(), "North");
  await press("save");
  // The title said their name before; only a saved form is put away.
  await page.getByTestId("contact-form").waitFor({ state: "detached" });
  const saved = (await book()).find(({ id }) => id === boris.id);
  assert.deepEqual([saved.name, saved.email, saved.organization], ["Boris Theirs", "mine@example.org", "North"]);
});

test("what a call of a range did adds up to those who were chosen", async () => {
  await openBook();
  const call = async () => {
    await press("bulk-call");
    await choose(page, "campaignId", "Winter");
    await press("confirm");
  };
  await page.getByTestId("contacts-choose").first().click();
  await page.getByTestId("contacts-choose").nth(2).click({ modifiers: ["Shift"] });
  await call();
  await page.locator("[data-testid=count-created][data-state='3']").waitFor();
  await press("done");
  await page.locator("[role=columnheader] input").first().click();
  await call();
  await page.locator("[data-testid=count-inCampaign][data-state='3']").waitFor();
  assert.equal(await page.getByTestId("count-created").getAttribute("data-state"), "1");
  assert.deepEqual(await violations(page), []);
  await press("done");
});

test("contacts that are the same person become the one that was shown before", async () => {
  await openBook();
  await row("Anna").first().getByTestId("contacts-choose").click();
  await row("Anna").last().getByTestId("contacts-choose").click();
  await press("bulk-merge");
  await page.getByTestId("merge-result").filter({ hasText: "vip" }).filter({ hasText: "spring" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await press("confirm");
  await page.getByTestId("page-contact").waitFor();
  const left = (await book()).filter(({ name }) => name.startsWith("Anna"));
  assert.deepEqual(left.map(({ phone, otherPhones }) => [phone, ...otherPhones].toSorted()), [["+79161110001", "+79161110002"]]);
  assert.deepEqual(left[0].tags, ["spring", "vip"]);
  assert.deepEqual(desk.faults, []);
});
