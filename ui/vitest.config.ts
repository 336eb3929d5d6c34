import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      { extends: true, test: { name: "client", include: ["tests/*.test.ts"] } },
      {
        extends: true,
        // Every dependency is prepared before the first test: one found later would reload the page in the middle of a test.
        optimizeDeps: { entries: ["src/**/*.ts", "tests/elements/*.ts"] },
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
