"""W1 with the job queues for PostgreSQL that can be installed here: no limits, jobs that do nothing, two processes.

Each peer gets an empty database, its own bulk insert and the settings that its documentation recommends for throughput.
Its rate is counted from the database: jobs that left the backlog between the first and the last look, so that starting the
processes is not held against it. Prints one JSON line per peer; peers that are not installed are left out.

    queue_peers.py DATABASE_URL [peer ...]      all: awa pgqueuer procrastinate pg-boss graphile-worker
    queue_peers.py DATABASE_URL --worker PEER   one worker process
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import parse_qs, urlsplit, urlunsplit

PROCESSES = 2
HERE = os.path.dirname(os.path.abspath(__file__))
NODE = os.environ.get("CALLBOARD_BENCH_NODE", "")
# The slow ones get fewer jobs: what is compared is a rate.
JOBS = {"awa": 100_000, "pgqueuer": 40_000, "procrastinate": 6_000, "pg-boss": 100_000, "graphile-worker": 200_000}
# A finished job stays there as a row for at least a day by default.
KEEPS_HISTORY = {"awa": True, "pgqueuer": True, "procrastinate": True, "pg-boss": True, "graphile-worker": False}
WAITING = {
    "awa": None,
    "pgqueuer": "select count(*) from pgqueuer",
    "procrastinate": "select count(*) from procrastinate_jobs where status in ('todo', 'doing')",
    "pg-boss": "select count(*) from pgboss.job where state < 'completed'",
    "graphile-worker": "select count(*) from graphile_worker._private_jobs",
}


@dataclass
class Noop:
    n: int


def database(url, name):
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def socket_of(url):
    parts = urlsplit(url)
    return {"host": parse_qs(parts.query)["host"][0], "port": parts.port, "user": parts.username, "database": parts.path[1:]}


async def connect(url):
    import asyncpg

    return await asyncpg.connect(**socket_of(url))


async def fill_awa(url, jobs):
    import awa

    client = awa.AsyncClient(url)
    await client.migrate()
    await client.install_queue_storage()
    for start in range(0, jobs, 10_000):
        await client.enqueue_many_copy([Noop(n) for n in range(start, start + 10_000)], queue="bench")
    await client.close()


async def work_awa(url):
    import awa

    client = awa.AsyncClient(url)

    @client.task(Noop, queue="bench")
    async def run(job):
        return None

    await client.start([{"name": "bench", "max_workers": 128}])
    await asyncio.Event().wait()


async def waiting_awa(connection):
    global counting
    if "counting" not in globals():
        import awa

        counting = awa.AsyncClient(connection)
    return sum(stat.available + stat.running for stat in await counting.queue_stats() if stat.queue == "bench")


async def fill_pgqueuer(url, jobs):
    from pgqueuer.db import AsyncpgDriver
    from pgqueuer.queries import Queries

    connection = await connect(url)
    queries = Queries(AsyncpgDriver(connection))
    await queries.install()
    for start in range(0, jobs, 10_000):
        await queries.enqueue(["noop"] * 10_000, [None] * 10_000, [0] * 10_000)
    await connection.close()


async def work_pgqueuer(url):
    import asyncpg
    from pgqueuer.db import AsyncpgPoolDriver
    from pgqueuer.qm import QueueManager
    from pgqueuer.queries import Queries

    async with asyncpg.create_pool(**socket_of(url), min_size=2, max_size=10) as pool:
        manager = QueueManager(Queries(AsyncpgPoolDriver(pool)))

        @manager.entrypoint("noop")
        async def run(job):
            return None

        await manager.run(batch_size=100)


def procrastinate_app(url):
    from procrastinate import App, PsycopgConnector

    parts = socket_of(url)
    app = App(connector=PsycopgConnector(kwargs={"host": parts["host"], "port": parts["port"], "user": parts["user"], "dbname": parts["database"]}, max_size=20))

    @app.task(name="noop")
    async def noop(n):
        return None

    return app, noop


async def fill_procrastinate(url, jobs):
    app, noop = procrastinate_app(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for start in range(0, jobs, 1_000):
            await noop.batch_defer_async(*[{"n": n} for n in range(start, start + 1_000)])


async def work_procrastinate(url):
    app, _ = procrastinate_app(url)
    async with app.open_async():
        await app.run_worker_async(concurrency=16, install_signal_handlers=False)


def worker(peer, url):
    if peer in ("pg-boss", "graphile-worker"):
        return [NODE, os.path.join(HERE, "queue_peers.mjs"), peer, "work", url]
    return [sys.executable, os.path.abspath(__file__), url, "--worker", peer]


async def fill(peer, url, jobs):
    if peer in ("pg-boss", "graphile-worker"):
        subprocess.run([NODE, os.path.join(HERE, "queue_peers.mjs"), peer, "fill", url, str(jobs)], check=True)
    else:
        await globals()[f"fill_{peer}"](url, jobs)


def version(peer):
    if peer in ("pg-boss", "graphile-worker"):
        said = subprocess.run([NODE, os.path.join(HERE, "queue_peers.mjs"), peer, "version"], check=True, capture_output=True, text=True)
        return said.stdout.strip()
    return metadata.version("awa-pg" if peer == "awa" else peer)


async def measure(server, peer):
    name = f"peer_{peer.replace('-', '_')}"
    admin = await connect(server)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.execute(f"create database {name}")
    url, jobs = database(server, name), JOBS[peer]
    await fill(peer, url, jobs)
    connection = await connect(url)
    await connection.execute("vacuum analyze")

    async def waiting():
        return await waiting_awa(url) if peer == "awa" else await connection.fetchval(WAITING[peer])

    before = await waiting()
    assert before == jobs, f"{peer}: {before} of {jobs} jobs wait"
    processes = [subprocess.Popen(worker(peer, url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(PROCESSES)]
    try:
        first = last = (time.monotonic(), jobs)
        limit = time.monotonic() + 90
        while last[1] > 0 and time.monotonic() < limit and all(process.poll() is None for process in processes):
            await asyncio.sleep(0.05)
            last = (time.monotonic(), await waiting())
            if first[1] == jobs and last[1] < jobs:
                first = last
        done = first[1] - last[1]
        assert done > 0, f"{peer} finished nothing"
        print(json.dumps({"peer": peer, "version": version(peer), "jobsPerSecond": round(done / (last[0] - first[0])),
                          "jobs": jobs, "finished": done, "keepsHistory": KEEPS_HISTORY[peer], "processes": PROCESSES}), flush=True)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        await connection.close()
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.close()


async def main(server, peers):
    for peer in peers:
        if peer in ("pg-boss", "graphile-worker") and not NODE:
            continue
        try:
            await measure(server, peer)
        except (ImportError, metadata.PackageNotFoundError) as error:
            print(f"{peer} is left out: {error}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[2:3] == ["--worker"]:
        asyncio.run(globals()[f"work_{sys.argv[3]}"](sys.argv[1]))
    else:
        asyncio.run(main(sys.argv[1], sys.argv[2:] or list(JOBS)))
