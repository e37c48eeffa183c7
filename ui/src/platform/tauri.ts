//  The desktop window. The only file that knows Tauri.
import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";

import type { LiveMessage } from "../bindings/LiveMessage";
import type { PickedFile } from "../bindings/PickedFile";
import { fileName, type Platform } from "./types";

export function createTauriPlatform(): Platform {
  const rpc = (command: string, request: unknown) => invoke<unknown>("rpc", { command, request });
  return {
    rpc,
    subscribe(onMessage, onOpen) {
      let open = true;
      const channel = new Channel<LiveMessage>((message) => {
        if (open) onMessage(message);
      });
      const connect = () => {
        if (!open) return;
        // The shell answers once the stream is attached; until then a message could be missed.
        invoke("subscribe", { channel }).then(onOpen, () => setTimeout(connect, 1000));
      };
      connect();
      return () => {
        open = false;
      };
    },
    onFileDrop(handler) {
      const stop = getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === "enter" || payload.type === "over") handler({ type: "over" });
        else if (payload.type === "leave") handler({ type: "leave" });
        else handler({ type: "drop", files: payload.paths.map((path) => ({ name: fileName(path), path })) });
      });
      return () => void stop.then((unlisten) => unlisten());
    },
    async pickFile(purpose = "call_list") {
      const { path } = (await rpc("file_pick", { purpose })) as PickedFile;
      return path === null ? null : { name: fileName(path), path };
    },
    importSource(file) {
      if (!("path" in file)) return Promise.reject(new TypeError("The desktop reads files by their path."));
      return Promise.resolve({ type: "path", path: file.path });
    },
    async speak(language) {
      await invoke("set_language", { language });
    },
    async openCampaign(companyId, campaignId) {
      await rpc("window_open", { companyId, campaignId });
    },
    drafts: {
      get: (id) => invoke("draft_get", { id }),
      put: (id, content) => invoke("draft_put", { id, content }),
      delete: (id) => invoke("draft_delete", { id }),
      list: () => invoke("draft_list"),
    },
    saveContent() {
      // The desktop shell writes files itself and never hands back their content.
    },
  };
}
