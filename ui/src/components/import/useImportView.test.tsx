import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createQueryClient } from "../../api";
import type { CompanyView } from "../../bindings/CompanyView";
import type { ImportPhase } from "../../bindings/ImportPhase";
import { type Platform, platformForTests } from "../../platform";
import { CompanyContext } from "../company";
import { useImportView } from "./useImportView";

const company: CompanyView = { id: "1", name: "A", timeZone: "UTC", defaultRegion: "RU", currency: "RUB", callsAtOnce: 5 };
const phases: ImportPhase[] = [];
const rpc = vi.fn(() => Promise.resolve({ callListId: "7", phase: phases.shift() ?? "checked" }));

beforeEach(() => {
  vi.useFakeTimers();
  rpc.mockClear();
  platformForTests({ rpc } as unknown as Platform);
});
afterEach(() => vi.useRealTimers());

it("asks four times a second while an import is checked, and no more once it has settled", async () => {
  phases.push("checking", "checking", "checking");
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <CompanyContext value={company}>{children}</CompanyContext>
    </QueryClientProvider>
  );
  const { result, unmount } = renderHook(() => useImportView("7"), { wrapper });
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(result.current.data?.phase).toBe("checking");
  expect(rpc).toHaveBeenCalledTimes(1);
  await act(() => vi.advanceTimersByTimeAsync(1_100));
  expect(result.current.data?.phase).toBe("checked");
  const settled = rpc.mock.calls.length;
  expect(settled).toBe(4);
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(rpc).toHaveBeenCalledTimes(settled);
  unmount();
});
