//  Errors of the wire as exceptions, and nothing else: words are made where they are shown.
import type { ErrorCode } from "../bindings/ErrorCode";
import type { FieldError } from "../bindings/FieldError";
import type { IpcError as WireError } from "../bindings/IpcError";
import { HostUnreachable } from "../platform";

/** `unreachable` exists on this side only: no host was there to name a code. */
export type FaultCode = ErrorCode | "unreachable";

export class IpcError extends Error {
  readonly code: FaultCode;
  readonly params: Record<string, string>;
  readonly fields: readonly FieldError[];
  readonly retryable: boolean;
  readonly incident: string | null;

  constructor(wire: Omit<WireError, "code"> & { code: FaultCode }, options?: ErrorOptions) {
    super(wire.message, options);
    this.name = "IpcError";
    this.code = wire.code;
    this.params = wire.params;
    this.fields = wire.fields;
    this.retryable = wire.retryable;
    this.incident = wire.incident;
  }
}

function isWireError(thrown: unknown): thrown is WireError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}

/** Whatever a transport rejected with, as an `IpcError`. */
export function toIpcError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) return thrown;
  if (isWireError(thrown)) {
    const { params = {}, fields = [], retryable = false, incident = null } = thrown as Partial<WireError>;
    return new IpcError({ code: thrown.code, message: thrown.message, params, fields, retryable, incident });
  }
  const reached = !(thrown instanceof HostUnreachable);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new IpcError(
    { code: reached ? "internal" : "unreachable", message, params: {}, fields: [], retryable: !reached, incident: null },
    { cause: thrown },
  );
}
