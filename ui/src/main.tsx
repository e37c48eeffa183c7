import "./styles/tokens.css";
import "./styles/base.css";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient, rpc } from "./api";
import { Boot } from "./app/Boot";
import { preferences } from "./components/preferences";
import { startI18n } from "./i18n";
import { connectPlatform, platform } from "./platform";

const MESSAGE_MAX = 2_000;
const STACK_MAX = 8_000;

/** A fault in the window is silent unless it reaches the log. */
function reportFault(thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const stack = error.stack?.slice(0, STACK_MAX) ?? null;
  rpc("log_fault", { message: error.message.slice(0, MESSAGE_MAX), stack }).catch(() => undefined);
}

await connectPlatform();
window.addEventListener("error", (event) => reportFault(event.error ?? event.message));
window.addEventListener("unhandledrejection", (event) => reportFault(event.reason));
await startI18n(preferences().language);
// A window of one campaign may not: the main window has said it already.
const speak = (language: string) => void platform().speak(language).catch(() => undefined);
speak(i18next.language);
i18next.on("languageChanged", speak);

const host = document.getElementById("root");
if (!host) throw new Error("index.html has no #root.");
createRoot(host, { onUncaughtError: reportFault, onCaughtError: reportFault }).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={400}>
        <QueryClientProvider client={createQueryClient()}>
          <Boot />
        </QueryClientProvider>
      </Tooltip.Provider>
    </CSPProvider>
  </StrictMode>,
);
