import { defineConfig } from "vite";

/** What other sites load from here: the client, and elements. Their addresses stay the same from version to version. */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../controlplane/web/static/sdk",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    lib: { entry: { awaz: "src/sdk/awaz.ts", elements: "src/elements/elements.ts" }, formats: ["es"] },
    minify: true,
    rollupOptions: { output: { chunkFileNames: "parts/[name]-[hash].js" } },
  },
});
