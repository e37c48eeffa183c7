// A shared PostgreSQL server on this machine, with a password, as a team would have one.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";

import { PROGRAMS } from "./desk.mjs";
import { until } from "./wd.mjs";

// PostgreSQL refuses to run as root.
const NOBODY = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};

export async function startShared(folder, password) {
  const home = join(folder, "shared");
  mkdirSync(home);
  const secret = join(home, "password");
  writeFileSync(secret, password);
  if (NOBODY.uid) for (const path of [home, secret]) chownSync(path, NOBODY.uid, NOBODY.gid);
  const options = { ...NOBODY, cwd: home, env: { ...process.env, LD_LIBRARY_PATH: join(PROGRAMS, "lib") } };
  const cluster = join(home, "cluster");
  const make = ["-D", cluster, "-U", "callboard", "-A", "scram-sha-256", `--pwfile=${secret}`, "--no-sync", "-E", "UTF8", "--locale=C"];
  execFileSync(join(PROGRAMS, "bin/initdb"), make, { ...options, stdio: "ignore" });
  const port = await freePort();
  const server = spawn(
    join(PROGRAMS, "bin/postgres"),
    ["-D", cluster, "-c", "listen_addresses=127.0.0.1", "-c", `port=${port}`, "-c", "unix_socket_directories=", "-c", "fsync=off"],
    { ...options, stdio: "ignore" },
  );
  await until("the shared server", async () => {
    const { createConnection } = await import("node:net");
    const socket = createConnection(port, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    return true;
  });
  const ended = once(server, "exit");
  return {
    port,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
