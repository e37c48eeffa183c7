export { IpcError, toIpcError } from "./error";
export { startLive, useDataAge, useIsStale, useLiveNow } from "./live";
export { type Pages, usePages } from "./pages";
export { createQueryClient, query, send, useCommand } from "./queries";
export { type Request, type Response, rpc } from "./rpc";
