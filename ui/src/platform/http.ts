//  An ordinary browser against `callboard-server`.
import type { LiveMessage } from "../bindings/LiveMessage";
import { onBrowserDrop, pickBrowserFile, saveInBrowser } from "./browser";
import { browserDrafts } from "./browserDrafts";
import { campaignWindowPath, HostUnreachable, type Platform } from "./types";

const TOKEN = "callboard.token";
const RECONNECT_MS = [250, 500, 1000, 2000, 4000];

/** Takes the token out of the address, so that it is not bookmarked, copied or shown. */
export function takeToken(): string {
  const match = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (match?.[1]) {
    sessionStorage.setItem(TOKEN, decodeURIComponent(match[1]));
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN) ?? "";
}

async function answer(path: string, token: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, {
      method: "POST",
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
    body = await response.json();
  } catch (cause) {
    throw new HostUnreachable("The server did not answer.", { cause });
  }
  if (!response.ok) throw body;
  return body;
}

export function createHttpPlatform(): Platform {
  const token = takeToken();
  return {
    rpc: (command, request) =>
      answer(`/rpc/${command}`, token, {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      }),
    subscribe(onMessage, onOpen) {
      let closed = false;
      let tries = 0;
      let socket: WebSocket | undefined;
      const connect = () => {
        const url = new URL("/live", location.href);
        url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        url.searchParams.set("token", token);
        socket = new WebSocket(url);
        socket.addEventListener("open", () => {
          tries = 0;
          onOpen();
        });
        socket.addEventListener("message", (event: MessageEvent<string>) => {
          onMessage(JSON.parse(event.data) as LiveMessage);
        });
        socket.addEventListener("close", () => {
          if (closed) return;
          setTimeout(connect, RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)]);
          tries += 1;
        });
      };
      connect();
      return () => {
        closed = true;
        socket?.close();
      };
    },
    onFileDrop: onBrowserDrop,
    pickFile: pickBrowserFile,
    async importSource(file) {
      if (!("file" in file)) throw new TypeError("A browser has no paths.");
      const answered = await answer(`/upload?name=${encodeURIComponent(file.name)}`, token, { body: file.file });
      const { uploadId } = answered as { uploadId: string };
      return { type: "upload", uploadId, fileName: file.name };
    },
    speak: () => Promise.resolve(),
    openCampaign(companyId, campaignId) {
      const hash = token === "" ? "" : `#token=${encodeURIComponent(token)}`;
      window.open(`/${campaignWindowPath(companyId, campaignId)}${hash}`, "_blank");
      return Promise.resolve();
    },
    drafts: browserDrafts(),
    saveContent: saveInBrowser,
  };
}
