import { afterEach, describe, expect, it, vi } from "vitest";

import { createHttpPlatform, takeToken } from "./http";
import { HostUnreachable } from "./types";

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
});

describe("the token", () => {
  it("is taken from the address, kept for the tab and removed from sight", () => {
    history.replaceState(null, "", "/campaigns?q=1#token=abc%20d");
    expect(takeToken()).toBe("abc d");
    expect(location.hash).toBe("");
    expect(location.pathname + location.search).toBe("/campaigns?q=1");
    expect(takeToken()).toBe("abc d");
  });
});

describe("commands over HTTP", () => {
  it("are posted with the token", async () => {
    sessionStorage.setItem("callboard.token", "secret");
    const fetched = vi.fn(() => Promise.resolve(new Response("{\"items\":[]}")));
    vi.stubGlobal("fetch", fetched);
    await expect(createHttpPlatform().rpc("company_list", {})).resolves.toEqual({ items: [] });
    const [path, init] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe("/rpc/company_list");
    expect(init.headers).toMatchObject({ authorization: "Bearer secret" });
  });

  it("reject with the error of the wire", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("{\"code\":\"conflict\"}", { status: 409 })));
    await expect(createHttpPlatform().rpc("x", {})).rejects.toEqual({ code: "conflict" });
  });

  it("reject with HostUnreachable when nobody answers or it is no JSON", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
    await expect(createHttpPlatform().rpc("x", {})).rejects.toBeInstanceOf(HostUnreachable);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
    await expect(createHttpPlatform().rpc("x", {})).rejects.toBeInstanceOf(HostUnreachable);
  });

  it("upload a file before it is imported", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("{\"uploadId\":\"7\"}")));
    const file = new File(["phone"], "a b.csv");
    await expect(createHttpPlatform().importSource({ name: file.name, file })).resolves.toEqual({ type: "upload", uploadId: "7", fileName: "a b.csv" });
  });
});
