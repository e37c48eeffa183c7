//  Queries and mutations over the command list. A query's key is its command and its request, so that the declared
//  cache tags of the command decide, and nothing else, when its answer is stale.
import {
  QueryClient,
  queryOptions,
  useMutation,
  type UseMutationOptions,
  useQueryClient,
} from "@tanstack/react-query";

import { IpcError } from "./error";
import { staleAfter } from "./freshness";
import { type Command, type Request, type Response, rpc } from "./rpc";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: IpcError;
  }
}

/** Figures over "the last minute" or "the last hour" change although no row does; they are read again by the clock. */
const ROLLING_MS: Partial<Record<Command, number>> = {
  live_calls: 5_000,
  campaign_overview: 5_000,
  campaign_analytics: 15_000,
  limits_get: 5_000,
  direct_calls: 5_000,
  task_explain: 10_000,
  contact_explain: 15_000,
};

export function query<K extends Command>(command: K, request: Request<K>) {
  return queryOptions<Response<K>, IpcError, Response<K>, readonly [K, Request<K>]>({
    queryKey: [command, request],
    queryFn: () => rpc(command, request),
    ...(command in ROLLING_MS ? { refetchInterval: ROLLING_MS[command] } : {}),
  });
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Answers stay true until a tag says otherwise; focus and network events mean nothing beside a local host.
        staleTime: Infinity,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (count, error) => error.retryable && count < 2,
        retryDelay: 400,
      },
      mutations: { networkMode: "always" },
    },
  });
}

type Options<K extends Command> = Omit<UseMutationOptions<Response<K>, IpcError, Request<K>>, "mutationFn">;

/** Sends a command that changes something, then lets its declared tags refresh what they name. */
export function useCommand<K extends Command>(command: K, options: Options<K> = {}) {
  const client = useQueryClient();
  return useMutation<Response<K>, IpcError, Request<K>>({
    ...options,
    mutationFn: async (request) => {
      const response = await rpc(command, request);
      staleAfter(client, command);
      return response;
    },
  });
}

/** The same outside of a component's render, for commands of the palette. */
export async function send<K extends Command>(client: QueryClient, command: K, request: Request<K>): Promise<Response<K>> {
  const response = await rpc(command, request);
  staleAfter(client, command);
  return response;
}
