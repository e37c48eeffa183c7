import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { chooseFile, setUp, startDesk, violations } from "./desk.mjs";

let desk;
let page;
before(async () => {
  desk = await startDesk();
  page = await desk.open();
  await setUp(page, { name: "Clinic", sample: false });
});
after(() => desk?.stop());

const at = (path, where = page) => where.getByTestId(`field-document.${path}`);
const press = (testid, where = page) => where.getByTestId(testid).first().click();
const error = (path, code, where = page) => where.locator(`[data-testid="error-${path}"][data-code=${code}]`).waitFor();
const safety = (state, where = page) => where.locator(`[data-testid=safety][data-state=${state}]`).waitFor();
const tab = (name, where = page) => press(`tab-${name}`, where);
const node = (id, where = page) => where.locator(`[data-testid=graph-node][data-id=${id}]`);
const company = async () => (await desk.rpc("company_list", {})).items[0];
const summaries = async () => (await desk.rpc("skillbase_list", { companyId: (await company()).id, archived: false })).items;
const stored = async (name) => desk.rpc("skillbase_get", { companyId: (await company()).id, skillbaseId: (await summaries()).find((one) => one.name === name).id });
const menu = async (item, where = page) => {
  await press("skillbase-menu", where);
  await press(`menu-${item}`, where);
};
const publish = async (where = page) => {
  await press("save", where);
  await where.getByTestId("publish").getByTestId("confirm").click();
};

test("a new skillbase is refused at its places by their paths, and published when it is whole", async () => {
  await press("nav-skillbases");
  await press("new-skillbase");
  await page.getByTestId("page-skillbase-new").waitFor();
  await press("save");
  for (const path of ["name", "document.identity.role", "document.identity.style"]) await error(path, "required");
  await page.locator("[data-testid=problem][data-path='document.conversation.flow.states']").waitFor();
  assert.deepEqual(await violations(page), []);

  await page.getByTestId("field-name").fill("Reminder");
  await at("identity.role").fill("x".repeat(501));
  await error("document.identity.role", "too_long");
  await at("identity.role").fill("The clinic's receptionist.");
  await at("identity.style").fill("Short and friendly.");
  await at("identity.disclosure").fill("This is an automated call of the clinic.");
  await press("add-rules");
  await at("identity.rules.0").fill(" ");
  await error("document.identity.rules.0", "required");
  await at("identity.rules.0").fill("Never name a diagnosis.");

  // A problem leads to its field, on whatever tab that is.
  await page.locator("[data-testid=problem][data-path='document.conversation.greetings.0']").click();
  await page.locator("[data-testid='field-document.conversation.greetings.0']:focus").waitFor();
  await page.keyboard.type("Good day! This is the clinic.");
  await press("course-course");
  await press("add-steps");
  await at("conversation.flow.states.0.name").fill("Ask whether the visit stands");
  await press("add-steps");
  await at("conversation.flow.states.1.name").fill("Say goodbye");
  await tab("voice");
  await at("voice.llm.temperature").fill("2.1");
  await error("document.voice.llm.temperature", "range");
  await at("voice.llm.temperature").fill("0.5");
  await publish();
  await page.getByTestId("page-skillbase").waitFor();
  await safety("published");
  const { summary, document } = await stored("Reminder");
  assert.equal(summary.version, 1);
  assert.deepEqual(document.identity.rules, ["Never name a diagnosis."]);
  assert.equal(document.voice.llm.temperature, 0.5);
});

test("a name that is taken is said at the name, by the host", async () => {
  await page.goto(desk.address("/skillbases"));
  await press("new-skillbase");
  await page.getByTestId("field-name").fill("Reminder");
  await press("save-draft");
  await error("name", "taken");
});

test("rules are added, moved and removed with the keyboard, and undone by the physical key", async () => {
  await page.goto(desk.address("/skillbases"));
  await press("skillbase-card");
  await press("add-rules");
  await page.keyboard.type("Do not argue.");
  await page.keyboard.press("Alt+ArrowUp");
  await page.locator("[data-testid='field-document.identity.rules.0']:focus").waitFor();
  assert.equal(await at("identity.rules.0").inputValue(), "Do not argue.");
  await page.keyboard.press("Control+z");
  assert.equal(await at("identity.rules.1").inputValue(), "Do not argue.");
  await page.keyboard.press("Control+Shift+z");
  assert.equal(await at("identity.rules.0").inputValue(), "Do not argue.");
  // The key beside A, whatever letter the layout prints on it.
  await page.evaluate(() => window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyZ", key: "я", ctrlKey: true, bubbles: true, cancelable: true })));
  assert.equal(await at("identity.rules.1").inputValue(), "Do not argue.");
  await page.getByTestId("list-rules").getByTestId("list-remove").last().click();
  await safety("published");
});

test("every keystroke is on this computer within two seconds, and is there after the page was lost", async () => {
  await at("identity.role").fill("Receptionist, written before the crash.");
  await safety("saved");
  // No farewell of the page: what is not on the disk is gone.
  const lost = page;
  page = await desk.open("/skillbases");
  await page.getByTestId("draft-mark").waitFor();
  await press("skillbase-card");
  await page.getByTestId("draft-offer").waitFor();
  assert.equal(await at("identity.role").inputValue(), "Receptionist, written before the crash.");
  await lost.close();
});

test("what somebody else published meanwhile is compared field by field, and nothing is overwritten", async () => {
  const { summary, document } = await stored("Reminder");
  const theirs = { ...document, identity: { ...document.identity, role: "Their receptionist.", facts: ["Open from 8 to 21."] } };
  await desk.rpc("skillbase_publish", { companyId: (await company()).id, skillbaseId: summary.id, baseVersion: summary.version, document: theirs, note: "" });
  await page.getByTestId("outdated").waitFor();
  assert.equal(await at("identity.role").inputValue(), "Receptionist, written before the crash.");
  await press("compare");
  const role = page.locator("[data-testid=merge-field][data-path='document.identity.role']");
  await role.and(page.locator("[data-changed=both][data-chosen=none]")).waitFor();
  await page.locator("[data-testid=merge-field][data-path='document.identity.facts'][data-changed=theirs][data-chosen=theirs]").waitFor();
  assert.equal(await page.getByTestId("merge-take").isDisabled(), true, "a person has to choose first");
  assert.deepEqual(await violations(page), []);
  await role.getByTestId("merge-mine").check();
  await press("merge-take");
  assert.equal(await at("identity.facts.0").inputValue(), "Open from 8 to 21.");
  await publish();
  await safety("published");
  const now = await stored("Reminder");
  assert.equal(now.summary.version, 3);
  assert.deepEqual([now.document.identity.role, now.document.identity.facts], ["Receptionist, written before the crash.", ["Open from 8 to 21."]]);
});

test("versions are listed with what changed, and an old one is published again", async () => {
  await menu("versions");
  await page.locator("[data-testid=version][data-version='2']").click();
  await page.getByTestId("change").filter({ hasText: "Their receptionist." }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator("[data-testid=version][data-version='1']").click();
  await press("restore");
  await page.getByTestId("ask-restore").getByTestId("confirm").click();
  await page.getByTestId("page-skillbase").waitFor();
  const { summary, document } = await stored("Reminder");
  assert.deepEqual([summary.version, document.identity.role, document.identity.facts], [4, "The clinic's receptionist.", []]);
});

test("a graph is built with the keyboard alone, its twin table says the same", async () => {
  await tab("conversation");
  await press("course-course");
  await press("course-kind-graph");
  await node("state_1").focus();
  await page.keyboard.press("ArrowDown");
  await page.locator("[data-testid=graph-node][data-id=state_2]:focus").waitFor();
  await page.keyboard.press("n");
  await page.locator("[data-testid=graph-node][data-id=state_3]:focus").waitFor();
  await page.keyboard.press("F2");
  await page.keyboard.type(" – offer");
  await node("state_3").filter({ hasText: "offer" }).waitFor();
  // From the third state back to the first: choose with the arrows, then Enter.
  await node("state_3").focus();
  await page.keyboard.press("c");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await press("course-view-table");
  await page.getByTestId("state-row").nth(2).getByRole("button", { name: "Ask whether the visit stands" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await press("course-view-drawing");
  await node("state_3").focus();
  await page.keyboard.press("Delete");
  await node("state_3").waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
});

test("a graph is drawn with the mouse: a state is dragged, and a way is pulled to another", async () => {
  const box = async (id) => node(id).boundingBox();
  const before = await box("state_2");
  await page.mouse.move(before.x + 20, before.y + 10);
  await page.mouse.down();
  await page.mouse.move(before.x + 120, before.y + 60, { steps: 4 });
  await page.mouse.up();
  const moved = await box("state_2");
  assert.ok(Math.abs(moved.x - before.x - 100) < 3 && Math.abs(moved.y - before.y - 50) < 3, "it is where it was dragged to");
  const ways = await page.getByTestId("graph-way").count();
  const handle = await node("state_2").getByTestId("graph-handle").boundingBox();
  const target = await box("state_1");
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 6 });
  await page.mouse.up();
  await page.getByTestId("graph-way").nth(ways).waitFor({ state: "attached" });
});

test("a graph becomes a plan after what would be lost was said", async () => {
  await node("state_1").focus();
  await page.getByTestId("way").first().waitFor();
  await press("course-kind-linear");
  const asked = page.getByTestId("ask-linear");
  if (await asked.isVisible()) await asked.getByTestId("confirm").click();
  await page.getByTestId("list-steps").waitFor();
  await page.keyboard.press("Control+z");
  await page.getByTestId("graph").waitFor();
  await menu("discard");
  await page.getByTestId("ask-discard").getByTestId("confirm").click();
  await safety("published");
});

test("the skillbase is talked to before anybody is called, and the talk becomes a regression case", async () => {
  await press("pane-talk");
  await press("talk-start");
  await page.getByTestId("talk-turns").filter({ hasText: "Good day! This is the clinic." }).waitFor();
  await page.getByTestId("talk-input").fill("Yes, speaking.");
  await press("talk-send");
  // The first stage is opened by the first answer and left by the second.
  await page.locator("[data-testid=talk-turns] [data-event=not_taken]").first().waitFor();
  await page.getByTestId("talk-input").fill("Yes, I will come.");
  await press("talk-send");
  await page.locator("[data-testid=talk-turns] [data-event=transition]").first().waitFor();
  assert.deepEqual(await violations(page), []);
  await press("talk-save");
  await page.getByTestId("field-case-name").fill("Confirms the visit");
  await page.getByTestId("save-case").getByTestId("confirm").click();
  await page.getByTestId("save-case").waitFor({ state: "detached" });
  await menu("cases");
  await press("run-cases");
  await page.locator("[data-testid=case][data-state=same]").waitFor();
  await press("back-to-editor");
  await tab("conversation");
  await press("course-course");
  await press("add-steps");
  await page.keyboard.type("Ask for a recommendation");
  await page.keyboard.press("Alt+ArrowUp");
  await menu("cases");
  await press("run-cases");
  await page.locator("[data-testid=case][data-state=different]").waitFor();
  assert.deepEqual(await violations(page), []);
  await press("back-to-editor");
});

test("the JSON is the same document, and a broken one changes nothing", async () => {
  await tab("json");
  const text = await page.getByTestId("json").inputValue();
  await page.getByTestId("json").fill(text.replace("Short and friendly.", "Written as JSON."));
  await page.locator("[data-testid=json-state][data-state=read]").waitFor();
  await page.getByTestId("json").fill("{ \"format\": ");
  await page.locator("[data-testid=json-state][data-state=broken]").waitFor();
  await tab("identity");
  assert.equal(await at("identity.style").inputValue(), "Written as JSON.");
});

test("a skillbase is a file, and a file of the replaced system is converted with a report", async () => {
  await press("skillbase-menu");
  const [download] = await Promise.all([page.waitForEvent("download"), press("menu-export")]);
  const file = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(JSON.stringify(file).includes("Written as JSON."), true);
  await page.goto(desk.address("/skillbases"));
  const old = { context: { role: "Salon administrator", style: "Friendly", safety_rules: ["Do not name prices"], facts: [] }, flow: { type: "linear", states: ["Greet", "Offer", "Say goodbye"] }, tools: [{ name: "calendar", enabled: true, config: { api_key: "secret" } }], voice: { tts_provider: "cartesia", tts_voice_id: "v", stt_provider: "deepgram" }, llm: { provider: "groq", model: "m" } };
  await chooseFile(page, page.getByTestId("import-skillbase"), "salon.json", JSON.stringify(old));
  const report = page.locator("[data-testid=import-report][data-state=v1]");
  await report.waitFor();
  assert.deepEqual(await violations(page), []);
  await report.getByTestId("confirm").click();
  await page.getByTestId("page-skillbase-new").waitFor();
  assert.equal(await at("identity.role").inputValue(), "Salon administrator");
  await tab("json");
  assert.equal((await page.getByTestId("json").inputValue()).includes("secret"), false, "a key is never part of a skillbase");
});

test("a test call wants a number, and says which version it plays", async () => {
  await page.goto(desk.address("/skillbases"));
  await page.getByTestId("skillbase-card").filter({ hasText: "Reminder" }).click();
  await menu("test-call");
  await page.getByTestId("field-phone").fill("abc");
  await page.getByTestId("test-call").getByTestId("confirm").click();
  await page.getByTestId("error-phone").waitFor();
  await press("dialog-close");
});

test("every tab is accessible, light and dark", async () => {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    for (const name of ["identity", "conversation", "voice", "lead", "tools", "knowledge", "outcomes", "json"]) {
      await tab(name);
      await page.locator(`[data-testid=editor-body][data-tab=${name}]`).waitFor();
      assert.deepEqual(await violations(page), [], `${name}, ${theme}`);
    }
  }
});

test("nothing failed in the page, and its policy refused nothing", () => {
  assert.deepEqual(desk.faults, []);
});
