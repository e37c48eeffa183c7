import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    // What WebKitGTK 2.50 (Debian 12) runs.
    target: ["es2022", "safari17.5"],
    // A data: URL would need a looser content security policy.
    assetsInlineLimit: 0,
    // One file from the same machine loads faster than several; the figure only guards against growth.
    chunkSizeWarningLimit: 1500,
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/testing/setup.ts"] },
});
