import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { IpcError } from "../../api";
import { Checker, isZone, issuesFromHost, parseTime, tidyTime } from "./checks";
import { matches } from "./choices";
import { fromWall, readDate, toWall } from "./moment";
import { useForm } from "./useForm";

describe("checks are those of the host", () => {
  it("reads times strictly", () => {
    expect(parseTime("09:00")).toBe(540);
    expect(parseTime("24:00")).toBe(1440);
    for (const wrong of ["25:00", "9:5x", "99:99", "", "9:00", "24:01", "12:60", "-1:00"]) expect(parseTime(wrong), wrong).toBeNull();
  });

  it("completes what people type", () => {
    expect(["9", "930", "9:30", "9.30", "0900", "noon"].map(tidyTime)).toEqual(["09:00", "09:30", "09:30", "09:30", "09:00", "noon"]);
  });

  it("takes only IANA zones", () => {
    expect(["UTC", "Europe/Moscow"].map(isZone)).toEqual([true, true]);
    for (const wrong of ["Nowhere/Void", "PST", "GMT+5", "Etc/GMT+5", ""]) expect(isZone(wrong), wrong).toBe(false);
  });

  it("counts characters, not bytes", () => {
    expect(new Checker().text("name", "ы".repeat(255), 1, 255).issues).toEqual({});
    expect(new Checker().text("name", "🙂".repeat(256), 1, 255).issues["name"]).toEqual({ code: "tooLong", params: { max: "255" } });
    expect(new Checker().text("name", "  ", 1, 255).issues["name"]?.code).toBe("required");
  });

  it("wants whole numbers within their bounds", () => {
    const code = (value: string) => new Checker().whole("n", value, 1, 100).issues["n"]?.code;
    expect(["1", "100", "0", "101", "5.5", "five", ""].map(code)).toEqual([undefined, undefined, "range", "range", "range", "range", "required"]);
  });

  it("knows the host's names of nested fields", () => {
    expect(Object.keys(issuesFromHost([{ field: "form.document.rules.2", code: "required", params: {} }, { field: "line.livekit.url", code: "url", params: {} }]))).toEqual(["rules.2", "url"]);
  });
});

describe("times of a zone", () => {
  it("are the instants they mean", () => {
    expect(fromWall({ date: "2030-03-02", time: "10:00" }, "Asia/Vladivostok")).toBe("2030-03-02T00:00:00Z");
    expect(toWall("2030-03-02T00:00:00Z", "Asia/Vladivostok")).toEqual({ date: "2030-03-02", time: "10:00" });
  });

  it("survive clock changes", () => {
    expect(fromWall({ date: "2025-03-09", time: "02:30" }, "America/New_York")).toBe("2025-03-09T07:30:00Z");
    expect(fromWall({ date: "2025-11-02", time: "01:30" }, "America/New_York")).toBe("2025-11-02T05:30:00Z");
  });

  it("read dates in both spellings and refuse days that do not exist", () => {
    expect(["2026-11-20", "20.11.2026", "1/2/2026"].map(readDate)).toEqual(["2026-11-20", "2026-11-20", "2026-02-01"]);
    expect(["31.02.2026", "soon", ""].map(readDate)).toEqual([null, null, null]);
  });
});

describe("the search in long lists", () => {
  it("finds by any of the words", () => {
    const zone = { value: "Europe/Moscow", label: "Europe/Moscow", note: "UTC+3", words: "Moscow Time Москва" };
    expect(["mosc", "москва", "europe utc+3", "EUROPE_MOSCOW".replace("_", " ")].every((text) => matches(zone, text))).toBe(true);
    expect(matches(zone, "berlin")).toBe(false);
  });
});

describe("a form", () => {
  const check = ({ name }: { name: string }) => new Checker().text("name", name, 1, 5).issues;
  const start = (draft?: string) => renderHook(() => useForm({ initial: { name: "" }, check, ...(draft ? { draft } : {}) }));
  const refusal = (field: string) => new IpcError({ code: "invalid_input", message: "no", params: {}, fields: [{ field, code: "taken", params: {} }], retryable: false, incident: null });
  beforeEach(() => sessionStorage.clear());

  it("shows nothing before a field was left", () => {
    const { result } = start();
    expect(result.current.issue("name")).toBeUndefined();
    act(() => result.current.bind("name").onBlur());
    expect(result.current.issue("name")?.code).toBe("required");
  });

  it("sends nothing that it knows to be wrong", async () => {
    const { result } = start();
    let sent = false;
    await act(async () => void (await result.current.submit(() => Promise.resolve((sent = true)))));
    expect(sent).toBe(false);
    expect(result.current.issue("name")?.code).toBe("required");
  });

  it("puts a refusal of the host at its field until the field changes", async () => {
    const { result } = start();
    act(() => result.current.set({ name: "Anna" }));
    await act(async () => void (await result.current.submit(() => Promise.reject(refusal("form.name")))));
    expect(result.current.issue("name")?.code).toBe("taken");
    expect(result.current.error).toBeNull();
    act(() => result.current.set({ name: "Ann" }));
    expect(result.current.issue("name")).toBeUndefined();
  });

  it("says a refusal of an unknown field in the form", async () => {
    const { result } = start();
    act(() => result.current.set({ name: "Anna" }));
    await act(async () => void (await result.current.submit(() => Promise.reject(refusal("other")))));
    expect(result.current.error?.code).toBe("invalid_input");
  });

  it("keeps a draft until it is saved or discarded", () => {
    const first = start("x");
    act(() => first.result.current.set({ name: "Ann" }));
    expect(start("x").result.current.values.name).toBe("Ann");
    act(() => first.result.current.discard());
    expect(start("x").result.current.values.name).toBe("");
  });
});
