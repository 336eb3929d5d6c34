import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** The script of the theme is in each page, before anything is painted. The daemon allows it by its hash. */
const themeFirst: Plugin = {
  name: "theme-first",
  transformIndexHtml: {
    order: "post",
    handler: () => [
      { tag: "script", children: readFileSync("scripts/theme-first.mjs", "utf8").trim(), injectTo: "head-prepend" },
    ],
  },
};

export default defineConfig({
  plugins: [themeFirst],
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
});
