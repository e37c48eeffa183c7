import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { localDrafts } from "../../../platform/browserDrafts";
import { DraftKeeper, type Safety } from "./keeper";

let disk: string | null;
let puts: number;
let answer: () => Promise<void>;
let said: Safety[];
let keeper: DraftKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  [disk, puts, said] = [null, 0, []];
  answer = () => Promise.resolve();
  keeper = new DraftKeeper(
    {
      put: async (content) => {
        puts += 1;
        await answer();
        disk = content;
      },
      delete: async () => void (disk = null),
    },
    (safety) => said.push(safety),
  );
});
afterEach(() => vi.useRealTimers());

describe("a draft", () => {
  it("is on the disk within two seconds of every keystroke, however long somebody types", async () => {
    answer = () => new Promise((resolve) => setTimeout(resolve, 900));
    for (let key = 1; key <= 60; key += 1) {
      keeper.keep(() => String(key));
      await vi.advanceTimersByTimeAsync(100);
      const typed = key - 20;
      if (typed > 0) expect(Number(disk)).toBeGreaterThanOrEqual(typed);
    }
    await vi.advanceTimersByTimeAsync(2_000);
    expect(disk).toBe("60");
    expect(said.at(-1)).toBe("saved");
  });

  it("is not called saved while a newer one waits", async () => {
    answer = () => new Promise((resolve) => setTimeout(resolve, 300));
    keeper.keep(() => "1");
    await vi.advanceTimersByTimeAsync(600);
    keeper.keep(() => "2");
    await vi.advanceTimersByTimeAsync(250);
    expect([disk, said.at(-1)]).toEqual(["1", "unsaved"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([disk, said.at(-1)]).toEqual(["2", "saved"]);
  });

  it("is tried again when the disk refused, and said not to be safe until then", async () => {
    answer = () => Promise.reject(new Error("disk full"));
    keeper.keep(() => "1");
    await vi.advanceTimersByTimeAsync(600);
    expect(said.at(-1)).toBe("failed");
    answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(3_100);
    expect([disk, said.at(-1)]).toEqual(["1", "saved"]);
  });

  it("is written at once when the page goes, and deleted when it was published", async () => {
    keeper.keep(() => "1");
    await keeper.flush();
    expect(disk).toBe("1");
    keeper.keep(() => "2");
    keeper.forget();
    await vi.advanceTimersByTimeAsync(600);
    expect([disk, said.at(-1), puts]).toEqual([null, "none", 1]);
  });
});

describe("local storage as the store of drafts", () => {
  it("keeps, lists and deletes them beside what others keep there", async () => {
    localStorage.setItem("callboard.preferences", "{}");
    const drafts = localDrafts(localStorage);
    await drafts.put("1", "one");
    expect([await drafts.list(), await drafts.get("1"), await drafts.get("2")]).toEqual([["1"], "one", null]);
    await drafts.delete("1");
    expect(await drafts.list()).toEqual([]);
  });
});
