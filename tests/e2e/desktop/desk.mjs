// One desk: the built application on a data folder of its own. Owns its start and end, and the picture that is kept when
// a journey fails.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Session, startDriver, until } from "./wd.mjs";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const BINARY = process.env.CALLBOARD_BIN ?? join(ROOT, "target/debug/callboard");
export const PROGRAMS = process.env.CALLBOARD_PG ?? join(ROOT, "target/postgres");

export const by = (testid) => `[data-testid="${testid}"]`;

/** A folder that the database's user can enter; as root that is not us. */
export function dataFolder() {
  const folder = mkdtempSync(join(tmpdir(), "callboard-e2e-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** A journey: gets a function that opens the desk on its folder; whatever happens, desks are closed and folders removed. */
export function journey(name, walk) {
  test(name, { timeout: 120_000 }, async () => {
    assert.ok(existsSync(BINARY), "make ui-build and cargo build --features custom-protocol make the application");
    const data = dataFolder();
    const open = [];
    const start = async (env = {}) => {
      const desk = await Desk.open(data, env);
      open.push(desk);
      await desk.session.see("html[data-ready]", 30_000);
      return desk;
    };
    try {
      await walk({ start, data });
    } catch (error) {
      for (const [index, desk] of open.entries()) await desk.session.shot(`${name}-${index}`).catch(() => {});
      throw error;
    } finally {
      for (const desk of open) await desk.kill();
      // The database's server ends a moment after the application that was killed.
      await until("an empty place", () => {
        rmSync(data, { recursive: true, force: true });
        return true;
      });
    }
  });
}

export class Desk {
  constructor(driver, session, data) {
    this.data = data;
    this.driver = driver;
    this.session = session;
    this.pid = childOf(driver.pid);
  }

  static async open(data, env) {
    const driver = await startDriver({
      CALLBOARD_DATA_DIR: data,
      CALLBOARD_PG: PROGRAMS,
      CALLBOARD_SAVE_DIR: data,
      LANG: "en_US.UTF-8",
      ...env,
    });
    try {
      return new Desk(driver, await Session.open(driver, BINARY), data);
    } catch (error) {
      driver.stop();
      throw error;
    }
  }

  isOpen() {
    return isAlive(this.pid);
  }

  /** Starts the program a second time on the same folder, as a person does who forgot the open window: exit code, errors. */
  async startAgain() {
    const second = spawn(BINARY, { env: { ...process.env, CALLBOARD_DATA_DIR: this.data, CALLBOARD_PG: PROGRAMS } });
    let said = "";
    second.stderr.on("data", (text) => (said += text));
    const [code] = await once(second, "close");
    return [code, said];
  }

  /** Ends the application at once, as a crash would; the database server ends with it. */
  async kill() {
    // The driver ends it some time after its session; until then its window would be in the way of the next one.
    if (isAlive(this.pid)) process.kill(this.pid, "SIGKILL");
    await this.session.close().catch(() => {});
    this.driver.stop();
    await until("the end of the application", () => !isAlive(this.pid));
  }

  /** First run: a company with the sample, on the page of its campaign. */
  async setUp() {
    const { session } = this;
    await session.see(by("setup"));
    await session.type(by("field-companyName"), "Acme");
    await session.click(by("setup-sample"));
    await session.click(by("setup-finish"));
    await session.see(by("page-campaign"), 30_000);
  }

  /** The sample's campaign, opened at all hours: tests run at night and on Sundays too. */
  async openAtAllHours() {
    const { session } = this;
    const campaign = await this.campaign();
    const form = {
      ...campaign.form,
      hours: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], opens: "00:00", closes: "24:00" }],
      callsAtOnce: 5,
      callsPerMinute: 100,
    };
    await session.rpc("campaign_update", {
      companyId: campaign.companyId,
      campaignId: campaign.id,
      baseRevision: campaign.revision,
      form,
    });
  }

  async company() {
    return (await this.session.rpc("company_list", {})).items[0];
  }

  /** The newest campaign, or the one of a name. */
  async campaign(search = null) {
    const { id: companyId } = await this.company();
    const query = { companyId, states: [], skillbaseId: null, search, cursor: null, limit: 10 };
    return (await this.session.rpc("campaign_list", query)).items[0];
  }

  /** Calls of a campaign that were ever begun: ended ones and those in progress. */
  async callsBegun({ companyId, id }) {
    const { callsEnded, liveCalls } = await this.session.rpc("campaign_overview", { companyId, campaignId: id });
    return callsEnded + liveCalls;
  }

  /** Starts the campaign on the screen. */
  async startCalling() {
    await this.session.click(by("action-start"));
    // The button moves once, when the forecast is there.
    await this.session.see(`${by("ask-start")}[data-state="ready"]`);
    await this.session.click(`${by("ask-start")} ${by("confirm")}`);
    await this.session.see(`${by("page-campaign")}[data-state="running"]`);
  }

  /** Hands files over as the window system does after a drop. */
  drop(paths) {
    return this.session.invoke("plugin:event|emit_to", {
      target: { kind: "Webview", label: "main" },
      event: "tauri://drag-drop",
      payload: { paths, position: { x: 640, y: 400 } },
    });
  }
}

/** The application that a driver started. */
function childOf(driver) {
  return Number(execFileSync("ps", ["--ppid", driver, "-o", "pid=", "--sort=start_time"].map(String), { encoding: "utf8" }).trim().split("\n")[0]);
}

/** A process that has ended and that nobody has asked about yet counts as ended. */
function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Drives the X server of this run. */
export const xdotool = (...args) => execFileSync("xdotool", args.map(String), { encoding: "utf8" }).trim();

/** The system's Python: the one that knows GTK. */
export const PYTHON = "/usr/bin/python3";
export const script = (name) => join(HERE, name);

/** Presses the close button of a window. GTK has hidden windows that are called almost the same. */
export async function closeWindow(title) {
  const window = await until(`a window called ${title}`, () =>
    xdotool("search", "--onlyvisible", "--name", title)
      .split("\n")
      .find((id) => xdotool("getwindowname", id) === title),
  );
  execFileSync(PYTHON, [script("x11.py"), "close", window]);
}
