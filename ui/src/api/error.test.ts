import i18next from "i18next";
import { describe, expect, it } from "vitest";

import { errorText } from "../components/useErrorText";
import { HostUnreachable } from "../platform";
import { IpcError, toIpcError } from "./error";

const wire = { code: "conflict", message: "Somebody else changed it.", params: {}, fields: [], retryable: false, incident: null } as const;

describe("whatever a transport rejects with becomes an IpcError", () => {
  it("keeps the wire form", () => {
    const error = toIpcError({ ...wire, incident: "019a" });
    expect(error).toBeInstanceOf(IpcError);
    expect([error.code, error.incident]).toEqual(["conflict", "019a"]);
  });

  it("says that no host answered", () => {
    expect(toIpcError(new HostUnreachable("no"))).toMatchObject({ code: "unreachable", retryable: true });
  });

  it("takes anything else for a fault", () => {
    expect(toIpcError("broken")).toMatchObject({ code: "internal", message: "broken" });
    expect(toIpcError(new TypeError("x")).cause).toBeInstanceOf(TypeError);
  });
});

describe("an error in words", () => {
  it("is translated with its values", () => {
    expect(errorText(i18next.t, toIpcError({ ...wire, code: "missing_columns", params: { columns: "phone" } }))).toContain("phone");
  });

  it("tells a wrong key from a wrong address", () => {
    const text = (fault: string) => errorText(i18next.t, toIpcError({ ...wire, code: "line_not_usable", params: { fault } }));
    expect(text("wrong_key")).toContain("key");
    expect(text("unreachable")).toContain("address");
  });

  it("says what is wrong with a language model", () => {
    const text = (fault: string) => errorText(i18next.t, toIpcError({ ...wire, code: "provider_failed", params: { fault, detail: "why" } }));
    expect(text("wrong_key")).toContain("key");
    expect(text("not_known_here")).toContain("why");
  });

  it("falls back to the host's English for an unknown code", () => {
    expect(errorText(i18next.t, toIpcError({ ...wire, code: "something_new" }))).toBe("Somebody else changed it.");
  });
});
