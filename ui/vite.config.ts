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

/** A page's styles are in the page: nothing has to be asked for before it is painted. */
const stylesInPage: Plugin = {
  name: "styles-in-page",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle = {} }) =>
      html.replace(/<link rel="stylesheet"[^>]* href="\/(assets\/[^"]+)">/g, (link, file: string) => {
        const asset = bundle[file];
        return asset?.type === "asset" ? `<style>${asset.source.toString().trim()}</style>` : link;
      }),
  },
};

export default defineConfig({
  plugins: [themeFirst, stylesInPage],
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
      // What the pages share is one file: over HTTP/1.1 each file may cost a connection.
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 3 }] } },
    },
  },
});
