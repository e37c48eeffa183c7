import type { Commands } from "../bindings/commands";
import { platform } from "../platform";
import { toIpcError } from "./error";

export type Command = keyof Commands;
export type Request<K extends Command> = Commands[K]["request"];
export type Response<K extends Command> = Commands[K]["response"];

export async function rpc<K extends Command>(command: K, request: Request<K>): Promise<Response<K>> {
  try {
    return (await platform().rpc(command, request)) as Response<K>;
  } catch (thrown) {
    throw toIpcError(thrown);
  }
}
