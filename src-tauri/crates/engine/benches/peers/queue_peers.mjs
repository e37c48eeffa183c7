// The peers of W1 that run on Node: see queue_peers.py.
//
//   queue_peers.mjs PEER version | fill URL JOBS | work URL
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.CALLBOARD_BENCH_NODE_MODULES}/x.js`);
const [, , peer, what, url, jobs] = process.argv;
const numbers = (count) => Array.from({ length: count }, (_, n) => n);

/** Settings are those of each project's own notes on throughput: local queue and batched completion; batches of jobs. */
const peers = {
  "graphile-worker": {
    async fill(connectionString, count) {
      const { makeWorkerUtils } = require("graphile-worker");
      const utils = await makeWorkerUtils({ connectionString });
      await utils.migrate();
      for (let start = 0; start < count; start += 10_000) await utils.addJobs(numbers(10_000).map((n) => ({ identifier: "noop", payload: { n } })));
      await utils.release();
    },
    async work(connectionString) {
      const { run } = require("graphile-worker");
      await run({
        connectionString,
        taskList: { noop: async () => {} },
        concurrentJobs: 24,
        maxPoolSize: 10,
        preset: { worker: { localQueue: { size: 500, refetchDelay: { durationMs: 10 } }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      });
    },
  },
  "pg-boss": {
    async open(connectionString) {
      const { PgBoss } = require("pg-boss");
      const boss = new PgBoss({ connectionString, max: 10 });
      boss.on("error", (error) => console.error(error.message));
      await boss.start();
      return boss;
    },
    async fill(connectionString, count) {
      const boss = await this.open(connectionString);
      await boss.createQueue("noop");
      for (let start = 0; start < count; start += 5_000) await boss.insert("noop", numbers(5_000).map((n) => ({ data: { n } })));
      await boss.stop();
    },
    async work(connectionString) {
      const boss = await this.open(connectionString);
      await boss.work("noop", { batchSize: 500, pollingIntervalSeconds: 0.5, localConcurrency: 4, burstWhenBatchFull: true }, async () => {});
    },
  },
};

if (what === "version") console.log(JSON.parse(readFileSync(`${process.env.CALLBOARD_BENCH_NODE_MODULES}/${peer}/package.json`, "utf8")).version);
else await peers[peer][what](url, Number(jobs));
if (what === "fill") process.exit(0);
