// WebDriver against the real window, without a driver of our own: WebKitWebDriver starts the binary itself. Owns the
// protocol and the waiting; knows nothing of the screens.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const ANSWER_MS = 40_000;
const BACKSPACE = "\uE003";
const END = "\uE010";
const SHOTS = new URL("shots/", import.meta.url);

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Repeats `attempt` until it answers something truthy; a throw counts as not yet. */
export async function until(what, attempt, ms = 15_000) {
  const started = Date.now();
  for (let last; ; ) {
    try {
      const value = await attempt();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() - started > ms) throw new Error(`Waited ${ms} ms in vain for ${what}`, { cause: last });
    await sleep(50);
  }
}

/** Starts WebKitWebDriver; the application that it starts inherits `env`. */
export async function startDriver(env) {
  const port = await freePort();
  const process_ = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    env: { ...process.env, ...env, TAURI_WEBVIEW_AUTOMATION: "true", NO_AT_BRIDGE: "1" },
    stdio: process.env.CALLBOARD_E2E_LOG ? "inherit" : "ignore",
  });
  await until("WebKitWebDriver", async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok);
  return { url: `http://127.0.0.1:${port}`, pid: process_.pid, stop: () => process_.kill() };
}

/** One run of the application. */
export class Session {
  constructor(base) {
    this.base = base;
  }

  static async open(driver, binary) {
    const session = new Session(`${driver.url}/session`);
    const options = { binary, args: [] };
    const opened = await session.request("POST", "", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } },
    });
    session.base += `/${opened.sessionId}`;
    return session;
  }

  async request(method, path, body) {
    const response = await fetch(this.base + path, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      // A driver that lost its window never answers; the wait around it then tries again or says what it waited for.
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  async find(css) {
    return (await this.request("POST", "/element", { using: "css selector", value: css }))[ELEMENT];
  }

  /** Waits for the element, brings it to the middle of its page, then clicks it. */
  click(css) {
    return until(`a click on ${css}`, async () => {
      await this.exec("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", css);
      await this.request("POST", `/element/${await this.find(css)}/click`, {});
      return true;
    });
  }

  /** What an element says, once it says something. */
  text(css) {
    return until(`the text of ${css}`, () => this.exec("return document.querySelector(arguments[0])?.innerText.trim()", css));
  }

  /** Replaces what a field holds, by keys: of WebDriver's own clearing the page notices nothing. */
  async type(css, text) {
    await this.click(css);
    const element = await this.find(css);
    const held = await this.exec("return document.querySelector(arguments[0]).value.length", css);
    const keys = held > 0 ? END + BACKSPACE.repeat(held) + text : text;
    await this.request("POST", `/element/${element}/value`, { text: keys });
    await until(`${css} to hold the text`, () => this.exec("return document.querySelector(arguments[0]).value === arguments[1]", css, text));
  }

  exec(script, ...args) {
    return this.request("POST", "/execute/sync", { script, args });
  }

  execAsync(script, ...args) {
    return this.request("POST", "/execute/async", { script, args });
  }

  /** Waits until the page holds an element. */
  see(css, ms) {
    return until(css, () => this.exec("return document.querySelector(arguments[0]) !== null", css), ms);
  }


  /** Carries out a command of Tauri from the page, as the user interface does. */
  async invoke(command, args) {
    const script =
      "const done = arguments[arguments.length - 1];" +
      "window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then((ok) => done({ ok }), (error) => done({ error }))";
    const { ok, error } = await this.execAsync(script, command, args);
    if (error !== undefined) throw Object.assign(new Error(`${command}: ${JSON.stringify(error)}`), { form: error });
    return ok;
  }

  /** Carries out a command of the command list. */
  rpc(command, request) {
    return this.invoke("rpc", { command, request });
  }

  handles() {
    return this.request("GET", "/window/handles");
  }

  switchTo(handle) {
    return this.request("POST", "/window", { handle });
  }

  async shot(name) {
    mkdirSync(SHOTS, { recursive: true });
    writeFileSync(new URL(`${name.replaceAll(/[^\w-]+/g, "-")}.png`, SHOTS), Buffer.from(await this.request("GET", "/screenshot"), "base64"));
  }

  close() {
    return this.request("DELETE", "");
  }
}
