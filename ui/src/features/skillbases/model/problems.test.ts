import { describe, expect, it } from "vitest";

import { check, type SkillbaseText } from "./check";
import { newDocument } from "./fresh";
import { courseOf, stateIndexOf, tabOf, transitionIndexOf } from "./places";
import { write } from "./path";
import { ProblemBoard } from "./problems";
import { hasShape } from "./shape";

const whole = (): SkillbaseText => {
  const document = newDocument("en", { callback: "callback", notTarget: "not target", lead: "lead", infoOnly: "info only" });
  const text = { name: "Reminder", description: "", document };
  return [["document.identity.role", "Receptionist"], ["document.identity.style", "Short"], ["document.conversation.greetings", ["Hello"]], ["document.conversation.flow.states", [{ ...state, name: "Ask" }]]].reduce((root, [path, value]) => write(root, path as string, value), text);
};
const state = { id: "s1", name: "", goal: "", prompt: "", collect: [], examples: [], usesKnowledge: false, maxTurns: null, isEnd: false, position: null };
const paths = (text: SkillbaseText) => check(text).map(({ path, code }) => `${path} ${code}`);
const problem = (path: string, code = "required", severity: "error" | "warning" = "error") => ({ path, code, params: {}, severity });

describe("the bounds of a document (acceptance 25)", () => {
  it("are kept by a whole one", () => expect(paths(whole())).toEqual([]));

  it("are said with the path of the place", () => {
    const wrong: [string, unknown, string][] = [
      ["name", " ", "name required"],
      ["document.identity.role", "x".repeat(501), "document.identity.role too_long"],
      ["document.identity.rules", ["ok", " "], "document.identity.rules.1 required"],
      ["document.conversation.greetings", ["a", "b", "c", "d"], "document.conversation.greetings too_many"],
      ["document.conversation.flow.states", [], "document.conversation.flow.states required"],
      ["document.conversation.flow.states.0.prompt", "x".repeat(2_001), "document.conversation.flow.states.0.prompt too_long"],
      ["document.lead.closing", { type: "static_template", prompt: "", template: "" }, "document.lead.closing.template required"],
      ["document.lead.crmFields", [{ name: "x".repeat(51), instruction: "y", field: "" }], "document.lead.crmFields.0.name too_long"],
      ["document.guardrails", [{ name: "a", phrases: ["x".repeat(101)], pattern: "", action: "respond", response: "b" }], "document.guardrails.0.phrases.0 too_long"],
    ];
    for (const [path, value, expected] of wrong) expect(paths(write(whole(), path, value)), path).toEqual([expected]);
  });

  it("count characters as the host does: one outside of the basic plane is one", () => {
    expect(paths(write(whole(), "document.identity.role", "😀".repeat(500)))).toEqual([]);
    expect(paths(write(whole(), "document.identity.role", "😀".repeat(501)))).toEqual(["document.identity.role too_long"]);
  });
});

describe("a path", () => {
  it("says on which tab, part and state its field is", () => {
    expect(["name", "document.identity.rules.2", "document.guardrails.0.name", "document.voice.llm.model", "document.tools.1.config.apiUrl", "document.format", "document"].map(tabOf)).toEqual(["identity", "identity", "conversation", "voice", "tools", "json", "json"]);
    expect(["document.conversation.greetings.0", "document.conversation.flow.start", "document.conversation.fields.3.id", "document.guardrails"].map(courseOf)).toEqual(["opening", "course", "fields", "guardrails"]);
    expect(stateIndexOf("document.conversation.flow.states.12.prompt")).toBe(12);
    expect(transitionIndexOf("document.conversation.flow.transitions.7")).toBe(7);
    expect(stateIndexOf("document.conversation.flow.start")).toBeNull();
  });
});

describe("what is shown at a field", () => {
  it("is the keystroke's own bound and the host's word, until the place changes", () => {
    const board = new ProblemBoard(false);
    const asked = whole();
    board.own(asked, []);
    board.host(asked, [problem("document.identity.disclosure", "no_disclosure", "warning")]);
    expect(board.at("document.identity.disclosure")?.code).toBe("no_disclosure");
    board.own(write(asked, "document.identity.disclosure", "A machine calls."), []);
    expect(board.at("document.identity.disclosure")).toBeUndefined();
    expect(board.errors).toBe(0);
  });

  it("is the same object for as long as it says the same, so that its field is not drawn again", () => {
    const board = new ProblemBoard(false);
    board.own({}, [problem("name"), problem("document.identity.role")]);
    const before = board.at("name");
    const all = board.all();
    board.own({}, [problem("name"), problem("document.identity.role")]);
    expect(board.all()).toBe(all);
    board.own({}, [problem("name")]);
    expect(board.at("name")).toBe(before);
  });

  it("does not reproach a new skillbase with what nobody has come to, before it is to be published", () => {
    const board = new ProblemBoard(true);
    board.own({}, [problem("name"), problem("document.identity.role"), problem("document.identity.style", "too_long")]);
    expect(board.all().map(({ path }) => path)).toEqual(["document.identity.style"]);
    board.touch("name");
    expect(board.at("name")?.code).toBe("required");
    board.showAll();
    expect(board.errors).toBe(3);
  });

  it("is text that is no number, before anything else, until it is one", () => {
    const board = new ProblemBoard(false);
    board.own({}, [problem("document.voice.maxCallSeconds", "range")]);
    board.text("document.voice.maxCallSeconds", problem("document.voice.maxCallSeconds", "required"));
    expect(board.at("document.voice.maxCallSeconds")?.code).toBe("required");
    board.text("document.voice.maxCallSeconds", null);
    expect(board.at("document.voice.maxCallSeconds")?.code).toBe("range");
  });
});

describe("JSON that somebody wrote", () => {
  it("is a document only with the shape that the fields rely on", () => {
    const { document } = whole();
    expect(hasShape(document)).toBe(true);
    for (const broken of [null, [], {}, { ...document, tools: [null] }, { ...document, identity: { ...document.identity, rules: [1] } }, write(document, "conversation.flow.transitions", [{ from: "a", to: "b", condition: { type: "keyword" }, priority: 0 }]), write(document, "conversation.flow.states.0.collect", "date")]) expect(hasShape(broken)).toBe(false);
  });
});
