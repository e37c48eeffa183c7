import { describe, expect, it } from "vitest";

import { fuzzyScore, otherLayout } from "./commands";

describe("the palette", () => {
  it("reads what was typed with the other layout", () => {
    expect(otherLayout("rfvgfybz")).toBe("кампания");
    expect(otherLayout("ылшддифыу")).toBe("skillbase");
  });

  it("prefers beginnings of words", () => {
    expect(fuzzyScore("Go to Campaigns", "camp")).toBeGreaterThan(fuzzyScore("Encamped", "camp"));
    expect(fuzzyScore("Go to Campaigns", "gtc")).toBeGreaterThan(0);
    expect(fuzzyScore("Go to Campaigns", "xyz")).toBe(0);
  });
});
