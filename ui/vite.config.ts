import { build, defineConfig, type Plugin, type Rolldown } from "vite";

let script: Promise<string> | undefined;

/** The script of theme and language is in each page, and runs before anything is painted. */
const firstPaint: Plugin = {
  name: "first-paint",
  transformIndexHtml: {
    order: "post",
    handler: async () => [{ tag: "script", children: await (script ??= firstPaintScript()), injectTo: "head" }],
  },
};

async function firstPaintScript(): Promise<string> {
  const lib = { entry: "src/pages/first-paint.ts", formats: ["iife" as const], name: "firstPaint" };
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2022", minify: true, lib },
  });
  const [{ output }] = built as [Rolldown.RolldownOutput];
  return output[0].code.trim();
}

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
  plugins: [firstPaint, stylesInPage],
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
        embed: "embed.html",
        "not-found": "not-found.html",
      },
      // What the pages share is one file: over HTTP/1.1 each file may cost a connection.
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 3 }] } },
    },
  },
});
