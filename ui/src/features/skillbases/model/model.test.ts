import { describe, expect, it } from "vitest";

import { differences, readNamed, resolve, threeWay, writeNamed } from "./compare";
import { insert, move, read, remove, same, write } from "./path";
import { EditorStore } from "./store";

const document = { role: "a", rules: ["one", "two"], flow: { states: [{ id: "s1", name: "Hello" }, { id: "s2", name: "Bye" }] } };

describe("a place in a document", () => {
  it("is read and written by the path that the host names it by", () => {
    expect(read(document, "flow.states.1.name")).toBe("Bye");
    expect(read(document, "flow.nothing.here")).toBeUndefined();
    const next = write(document, "flow.states.1.name", "See you");
    expect(read(next, "flow.states.1.name")).toBe("See you");
    expect(read(document, "flow.states.1.name")).toBe("Bye");
  });

  it("keeps the identity of everything beside it", () => {
    const next = write(document, "flow.states.1.name", "See you");
    expect(next.rules).toBe(document.rules);
    expect(next.flow.states[0]).toBe(document.flow.states[0]);
    expect(write(document, "role", "a")).toBe(document);
  });

  it("is a list that items enter, leave and change places in", () => {
    expect(insert(document, "rules", 1, "new").rules).toEqual(["one", "new", "two"]);
    expect(remove(document, "rules", 0).rules).toEqual(["two"]);
    expect(move(document, "rules", 0, 1).rules).toEqual(["two", "one"]);
    expect(move(document, "rules", 0, 2)).toBe(document);
  });
});

describe("undo", () => {
  it("takes typing back as one step until somebody pauses or types elsewhere", () => {
    const store = new EditorStore(document);
    store.type("role", "ab", 0);
    store.type("role", "abc", 400);
    store.type("role", "abcd", 2_000);
    store.type("rules.0", "One", 2_100);
    expect(store.undo()).toBe("rules.0");
    expect(store.undo()).toBe("role");
    expect(store.root.role).toBe("abc");
    expect(store.undo()).toBe("role");
    expect(store.root).toBe(document);
    expect(store.undo()).toBeNull();
  });

  it("goes forward again until something else is changed", () => {
    const store = new EditorStore(document);
    store.change("rules", (root) => remove(root, "rules", 0));
    store.undo();
    expect(store.redo()).toBe("rules");
    expect(store.root.rules).toEqual(["two"]);
    store.undo();
    store.type("role", "x", 0);
    expect(store.canRedo).toBe(false);
  });

  it("remembers no step that changed nothing", () => {
    const store = new EditorStore(document);
    store.change("role", (root) => ({ ...root }));
    expect(store.canUndo).toBe(false);
  });
});

describe("two documents", () => {
  it("differ field by field, and items with an id are recognised wherever they stand", () => {
    const after = { ...document, role: "b", flow: { states: [{ id: "s2", name: "Bye!" }, { id: "s1", name: "Hello" }] } };
    expect(differences(document, after)).toEqual([
      { path: "role", before: "a", after: "b" },
      { path: "flow.states.#s2.name", before: "Bye", after: "Bye!" },
      { path: "flow.states.#order", before: ["s1", "s2"], after: ["s2", "s1"] },
    ]);
    expect(same({ a: 1, b: [1] }, { b: [1], a: 1 })).toBe(true);
  });

  it("are read and written at a named place", () => {
    expect(readNamed(document, "flow.states.#s2.name")).toBe("Bye");
    expect(writeNamed(document, "flow.states.#s1", undefined).flow.states).toEqual([{ id: "s2", name: "Bye" }]);
    expect(writeNamed(document, "flow.states.#s3", { id: "s3", name: "New" }).flow.states).toHaveLength(3);
  });
});

describe("two changes of one base", () => {
  const mine = { ...document, role: "mine", rules: ["one", "two", "mine"] };
  const theirs = { ...document, role: "theirs", flow: { states: [{ id: "s1", name: "Good day" }, { id: "s2", name: "Bye" }] } };

  it("are shown field by field: mine, theirs, or both", () => {
    expect(threeWay(document, mine, theirs).map(({ path, changed }) => [path, changed])).toEqual([
      ["role", "both"],
      ["rules", "mine"],
      ["flow.states.#s1.name", "theirs"],
    ]);
    expect(threeWay(document, mine, mine).every(({ changed }) => changed === "mine")).toBe(true);
  });

  it("are joined as the person chose, and nothing else is touched", () => {
    const choices = threeWay(document, mine, theirs);
    expect(resolve(theirs, choices, { role: "theirs" })).toEqual({ role: "theirs", rules: mine.rules, flow: theirs.flow });
    expect(resolve(theirs, choices, { role: "base", rules: "theirs" })).toEqual({ role: "a", rules: ["one", "two"], flow: theirs.flow });
  });

  it("a state removed by one and renamed by the other is one question", () => {
    const removed = writeNamed(document, "flow.states.#s1", undefined);
    const [choice] = threeWay(document, removed, theirs).filter(({ path }) => path.startsWith("flow"));
    expect(choice?.path).toBe("flow.states.#s1");
    expect(choice?.changed).toBe("both");
  });
});
