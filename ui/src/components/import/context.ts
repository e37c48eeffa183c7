import { createContext, useContext, useEffect, useRef } from "react";

import type { LayoutChoice } from "../../bindings/LayoutChoice";
import type { DropEvent, ImportFile } from "../../platform";
import type { RoleEdits } from "./mapping";

export interface ImportWish {
  campaignId?: string;
  file?: ImportFile;
}

/** An import before its check: a file and what a person has decided about it. Kept while the desk is open. */
export interface Draft {
  /** Another file is another draft. */
  id: number;
  file: ImportFile | null;
  /** Empty: not chosen yet. */
  campaignId: string;
  choice: LayoutChoice;
  edits: RoleEdits;
  /** None: the company's. */
  region: string | null;
  /** The check that was last made with it. */
  callListId: string | null;
}

export interface Importer {
  /** Opens the import, for a campaign and with a file when they are known. */
  open: (wish?: ImportWish) => void;
  /** The campaign that a file dropped on this page belongs to. */
  aim: (campaignId: string | null) => void;
  /** Files that are dropped now are not call lists: they are for this page, until it gives them up (`null`). */
  claim: (handler: ((event: DropEvent) => void) | null) => void;
}

export interface Drafting {
  draft: Draft;
  change: (change: Partial<Omit<Draft, "id" | "file">>) => void;
  forget: () => void;
}

export const ImportContext = createContext<Importer | null>(null);
export const DraftContext = createContext<Drafting | null>(null);

/** None in a window of one campaign, which imports nothing. */
export function useImport(): Importer | null {
  return useContext(ImportContext);
}

export function useDraft(): Drafting {
  const drafting = useContext(DraftContext);
  if (!drafting) throw new Error("There is no import outside of the main window.");
  return drafting;
}

export function useImportTarget(campaignId: string | null): void {
  const importer = useImport();
  useEffect(() => {
    importer?.aim(campaignId);
    return () => importer?.aim(null);
  }, [importer, campaignId]);
}

/** Takes dropped files for the page, for as long as it is shown. */
export function useFileClaim(handler: (event: DropEvent) => void): void {
  const importer = useContext(ImportContext);
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    importer?.claim((event) => latest.current(event));
    return () => importer?.claim(null);
  }, [importer]);
}
