import { defineConfig } from "vite";

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
});
