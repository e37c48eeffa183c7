import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";

import type { Change } from "../bindings/Change";
import { type Platform, platformForTests } from "../platform";
import { concerns, Refresher, staleAfter } from "./freshness";
import { query } from "./queries";

const change = (tag: Change["tag"], companyId: string | null = null, campaignId: string | null = null): Change => ({ tag, companyId, campaignId });

function hold(answer: () => Promise<unknown> = () => Promise.resolve({ items: [] })) {
  const rpc = vi.fn(answer);
  platformForTests({ rpc } as unknown as Platform);
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  return { client, rpc };
}

async function watch(client: QueryClient, options: ReturnType<typeof query<"campaign_get">>) {
  const observer = new QueryObserver(client, options);
  const stop = observer.subscribe(() => undefined);
  await client.fetchQuery(options).catch(() => undefined);
  return stop;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("what a change concerns", () => {
  const client = new QueryClient();
  const cached = (options: { queryKey: readonly unknown[] }) => client.getQueryCache().build(client, { queryKey: options.queryKey });

  it("goes by the declared tags of the command", () => {
    const campaign = cached(query("campaign_get", { companyId: "a", campaignId: "1" }));
    expect(concerns(change("campaigns"), campaign)).toBe(true);
    expect(concerns(change("settings"), campaign)).toBe(false);
  });

  it("leaves out other companies and other campaigns", () => {
    const campaign = cached(query("campaign_get", { companyId: "a", campaignId: "1" }));
    expect(concerns(change("campaigns", "b"), campaign)).toBe(false);
    expect(concerns(change("campaigns", "a", "2"), campaign)).toBe(false);
    expect(concerns(change("campaigns", "a", "1"), campaign)).toBe(true);
  });

  it("reaches lists over all campaigns", () => {
    const live = cached(query("live_calls", { companyId: "a", campaignId: null }));
    expect(concerns(change("live", "a", "2"), live)).toBe(true);
  });
});

describe("a command that changes something", () => {
  it("makes stale exactly what its tags name", async () => {
    const { client } = hold();
    const campaign = query("campaign_get", { companyId: "a", campaignId: "1" });
    const settings = query("settings_get", { companyId: "a" });
    await client.fetchQuery(campaign);
    await client.fetchQuery(settings);
    staleAfter(client, "campaign_pause");
    expect(client.getQueryState(campaign.queryKey)?.isInvalidated).toBe(true);
    expect(client.getQueryState(settings.queryKey)?.isInvalidated).toBe(false);
  });
});

describe("the refresher", () => {
  const campaign = query("campaign_get", { companyId: "a", campaignId: "1" });

  it("reads an answer in sight once for many changes", async () => {
    const { client, rpc } = hold();
    const stop = await watch(client, campaign);
    const refresher = new Refresher(client, () => 10_000);
    rpc.mockClear();
    for (let n = 0; n < 20; n += 1) refresher.changed([change("campaigns", "a", "1")]);
    refresher.flush();
    await settle();
    expect(rpc).toHaveBeenCalledTimes(1);
    stop();
  });

  it("reads at most once per gap", async () => {
    const { client, rpc } = hold();
    const stop = await watch(client, campaign);
    let now = 10_000;
    const refresher = new Refresher(client, () => now);
    rpc.mockClear();
    refresher.changed([change("campaigns")]);
    refresher.flush();
    await settle();
    refresher.changed([change("campaigns")]);
    now += 100;
    refresher.flush();
    await settle();
    expect(rpc).toHaveBeenCalledTimes(1);
    now += 200;
    refresher.flush();
    await settle();
    expect(rpc).toHaveBeenCalledTimes(2);
    stop();
  });

  it("reads again after a read that may have missed the change", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { client, rpc } = hold(() => new Promise((resolve) => (answer = resolve)));
    const observer = new QueryObserver(client, campaign);
    const stop = observer.subscribe(() => undefined);
    let now = 10_000;
    const refresher = new Refresher(client, () => now);
    refresher.changed([change("campaigns")]);
    refresher.flush();
    expect(rpc).toHaveBeenCalledTimes(1);
    answer({});
    await settle();
    now += 1_000;
    refresher.flush();
    await settle();
    expect(rpc).toHaveBeenCalledTimes(2);
    stop();
  });

  it("only marks what nobody looks at", async () => {
    const { client, rpc } = hold();
    await client.fetchQuery(campaign);
    rpc.mockClear();
    const refresher = new Refresher(client);
    refresher.everything();
    refresher.flush();
    await settle();
    expect(rpc).not.toHaveBeenCalled();
    expect(client.getQueryState(campaign.queryKey)?.isInvalidated).toBe(true);
  });
});
