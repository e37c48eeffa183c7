//  Drafts in the storage of a browser: IndexedDB, which waits for the disk when asked to, and local storage where there
//  is none (private windows of some browsers).
import type { Drafts } from "./types";

const NAME = "callboard";
const STORE = "drafts";
const PREFIX = "callboard.draft:";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
    request.addEventListener("success", () => {
      // Another tab with a newer desk must not wait for this one.
      request.result.addEventListener("versionchange", () => request.result.close());
      resolve(request.result);
    });
    request.addEventListener("error", () => reject(request.error ?? new Error("The drafts cannot be opened.")));
  });
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      // "strict": complete only when it is on the disk, so that a killed browser has it.
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(request.result));
      const fail = () => reject(transaction.error ?? new Error("The drafts cannot be reached."));
      transaction.addEventListener("error", fail);
      transaction.addEventListener("abort", fail);
    });
  } finally {
    database.close();
  }
}

const indexed: Drafts = {
  get: async (id) => ((await inStore("readonly", (store) => store.get(id))) as string | undefined) ?? null,
  put: async (id, content) => void (await inStore("readwrite", (store) => store.put(content, id))),
  delete: async (id) => void (await inStore("readwrite", (store) => store.delete(id))),
  list: async () => (await inStore("readonly", (store) => store.getAllKeys())).map(String),
};

/** For browsers without IndexedDB. */
export function localDrafts(storage: Storage): Drafts {
  return {
    get: (id) => Promise.resolve(storage.getItem(PREFIX + id)),
    // `setItem` throws when the storage is full; a promise must reject.
    put: async (id, content) => storage.setItem(PREFIX + id, content),
    delete: async (id) => storage.removeItem(PREFIX + id),
    list: () => Promise.resolve(Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "").flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : []))),
  };
}

export function browserDrafts(): Drafts {
  return "indexedDB" in globalThis ? indexed : localDrafts(localStorage);
}
