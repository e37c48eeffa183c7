//  The one seam to the host. Everything that differs between the desktop window and a browser is behind it.
import type { FilePurpose } from "../bindings/FilePurpose";
import type { ImportSource } from "../bindings/ImportSource";
import type { LiveMessage } from "../bindings/LiveMessage";
import type { SavedFile } from "../bindings/SavedFile";

/** A call list somebody chose or dropped: a path where the host reads files, its bytes where it does not. */
export type ImportFile = { name: string; path: string } | { name: string; file: File };

export type DropEvent = { type: "over" } | { type: "leave" } | { type: "drop"; files: ImportFile[] };

/** Drafts of this computer: they are safe once `put` has answered, also when the program is killed then. Named by an id. */
export interface Drafts {
  /** What a draft holds; none when there is no such draft. */
  get(id: string): Promise<string | null>;
  put(id: string, content: string): Promise<void>;
  /** One that is not there is deleted already. */
  delete(id: string): Promise<void>;
  /** Ids of all drafts. */
  list(): Promise<string[]>;
}

export interface Platform {
  /** Sends a command. Rejects with the wire form of an error, or with `HostUnreachable`. */
  rpc(command: string, request: unknown): Promise<unknown>;
  /** Receives live messages until the returned function is called; `onOpen` runs at every (re)connection. */
  subscribe(onMessage: (message: LiveMessage) => void, onOpen: () => void): () => void;
  onFileDrop(handler: (event: DropEvent) => void): () => void;
  /** Asks for one file, a call list when nothing is said; none when the dialog was closed. */
  pickFile(purpose?: FilePurpose): Promise<ImportFile | null>;
  /** Makes a file readable for the host. */
  importSource(file: ImportFile): Promise<ImportSource>;
  /** Opens a campaign in a window (or tab) of its own. */
  openCampaign(companyId: string, campaignId: string): Promise<void>;
  /** Says in which language the host's own dialogs speak. */
  speak(language: string): Promise<void>;
  /** What was typed and is not published yet; works while the database and even the host are away. */
  readonly drafts: Drafts;
  /** Saves content that the host could not write itself. */
  saveContent(file: SavedFile): void;
}

/** The host did not answer at all: no wire error exists for it. */
export class HostUnreachable extends Error {}

export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** Address of a campaign's own window, relative to the application's root. */
export function campaignWindowPath(companyId: string, campaignId: string): string {
  return `index.html?company=${encodeURIComponent(companyId)}&campaign=${encodeURIComponent(campaignId)}`;
}
