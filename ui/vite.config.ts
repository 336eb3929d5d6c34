import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../controlplane/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The pages' policy lets nothing but images come from data: URLs, and small files are cached as well as big ones.
    assetsInlineLimit: 0,
    rollupOptions: { input: { index: "index.html", studio: "studio.html", admin: "admin.html" } },
  },
});
