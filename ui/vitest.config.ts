import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      { extends: true, test: { name: "client", include: ["tests/*.test.ts"] } },
      {
        extends: true,
        // All that the tests load, or the page would load again in the middle of one when more is found.
        optimizeDeps: { entries: ["src/components/*.ts", "src/client/*.ts", "tests/elements/*.ts"] },
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
