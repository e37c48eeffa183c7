import { createContext, useContext, useEffect } from "react";

import type { ImportFile } from "../../platform";

export interface ImportWish {
  campaignId?: string;
  file?: ImportFile;
}

export interface Importer {
  /** Opens the import, for a campaign and with a file when they are known. */
  open: (wish?: ImportWish) => void;
  /** The campaign that a file dropped on this page belongs to. */
  aim: (campaignId: string | null) => void;
  /** Shows what an earlier import did. */
  report: (callListId: string) => void;
}

export const ImportContext = createContext<Importer | null>(null);

/** None in a window of one campaign, which imports nothing. */
export function useImport(): Importer | null {
  return useContext(ImportContext);
}

export function useImportTarget(campaignId: string | null): void {
  const importer = useImport();
  useEffect(() => {
    importer?.aim(campaignId);
    return () => importer?.aim(null);
  }, [importer, campaignId]);
}
