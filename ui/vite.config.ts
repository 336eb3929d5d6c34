import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../controlplane/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The Content-Security-Policy allows data: URLs for images only.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { index: "index.html", studio: "studio.html", admin: "admin.html", "not-found": "not-found.html" },
    },
  },
});
