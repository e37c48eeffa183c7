//  Entries that were removed, as what adds them back: one request for each campaign and note.
import type { DoNotCallAdd } from "../../bindings/DoNotCallAdd";
import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";

export function entriesAgain(entries: readonly DoNotCallEntry[]): Omit<DoNotCallAdd, "companyId">[] {
  const requests = new Map<string, Omit<DoNotCallAdd, "companyId">>();
  for (const { campaignId, note, kind, pattern } of entries) {
    const key = JSON.stringify([campaignId, note]);
    const request = requests.get(key) ?? { campaignId, note: note ?? "", entries: [] };
    request.entries.push(kind === "prefix" ? `${pattern}*` : pattern);
    requests.set(key, request);
  }
  return [...requests.values()];
}
