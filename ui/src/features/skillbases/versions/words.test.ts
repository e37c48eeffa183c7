import { createInstance } from "i18next";
import { describe, expect, it } from "vitest";

import en from "../../../i18n/en.json";
import type { SkillbaseText } from "../model/check";
import { newDocument } from "../model/fresh";
import { write } from "../model/path";
import { pathLabel, valueText } from "./pathLabel";
import { words } from "./words";

const catalogue = createInstance({ lng: "en", resources: { en: { translation: en } }, interpolation: { escapeValue: false } });
await catalogue.init();
const { t } = catalogue;

const document = newDocument("en", { callback: "a", notTarget: "b", lead: "c", infoOnly: "d" });
const root: SkillbaseText = write({ name: "x", description: "", document }, "document.conversation.flow.states", [{ id: "offer", name: "Make an offer" }]) as SkillbaseText;

describe("a place in words", () => {
  it("names its tab, its list and its field", () => {
    expect(pathLabel(t, "name", root)).toBe("Name");
    expect(pathLabel(t, "document.identity.rules.2", root)).toBe("Identity › Rule 3");
    expect(pathLabel(t, "document.identity.rules", root)).toBe("Identity › Rules");
    expect(pathLabel(t, "document.conversation.flow.states.0.prompt", root)).toBe("Conversation › State “Make an offer” › Prompt");
    expect(pathLabel(t, "document.conversation.flow.states.#offer.prompt", root)).toBe("Conversation › State “Make an offer” › Prompt");
    expect(pathLabel(t, "document.conversation.flow.states.#gone", root)).toBe("Conversation › State “gone”");
    expect(pathLabel(t, "document.voice.llm.temperature", root)).toBe("Voice and model › Model › Temperature");
  });

  it("says a value as a person reads it", () => {
    expect(valueText(t, "")).toBe("nothing");
    expect(valueText(t, true)).toBe("Yes");
    expect(valueText(t, ["a", "b"])).toBe("– a\n– b");
  });
});

describe("two texts", () => {
  it("differ in the words that came and went", () => {
    expect(words("the old price", "the new price")).toEqual([
      { kind: "same", text: "the " },
      { kind: "before", text: "old" },
      { kind: "after", text: "new" },
      { kind: "same", text: " price" },
    ]);
    expect(words("same", "same")).toEqual([{ kind: "same", text: "same" }]);
    expect(words("", "x")).toEqual([{ kind: "after", text: "x" }]);
  });
});
