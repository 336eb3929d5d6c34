import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    outDir: "../controlplane/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The Content-Security-Policy allows data: URLs for images only.
    assetsInlineLimit: 0,
    // The renderer of the HTTP reference, which is loaded only where somebody reads it.
    chunkSizeWarningLimit: 1700,
    rollupOptions: {
      input: {
        index: "index.html",
        studio: "studio.html",
        admin: "admin.html",
        docs: "docs.html",
        "not-found": "not-found.html",
      },
    },
  },
  test: {
    silent: "passed-only",
    projects: [
      { extends: true, test: { name: "client", include: ["tests/*.test.ts"] } },
      {
        extends: true,
        optimizeDeps: { include: ["axe-core", "lit", "lit/directives/live.js"] },
        test: {
          name: "elements",
          include: ["tests/elements/*.test.ts"],
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
