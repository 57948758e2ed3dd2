import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page itself and hands everything else to a running server.
const serverUrl = process.env.FRESHET_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // A data: address would break the server's Content-Security-Policy.
    assetsInlineLimit: 0,
    // Browsers that lack modulepreload would only load a little later.
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/api": { target: serverUrl, ws: true },
      "/auth": { target: serverUrl },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // One jsdom for all files: five times as fast, and the setup file cleans up after each test.
    isolate: false,
    env: { TZ: "UTC" },
  },
});
