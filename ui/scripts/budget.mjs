// Fails if what the listener's page loads before it shows anything has grown past its budget, in bytes of gzip.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../controlplane/web/static/", import.meta.url).pathname;
const BUDGETS = { js: 70_000, css: 15_000 };

const page = await readFile(join(BUILT, "index.html"), "utf8");
const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)];
const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text).join("");
const sizes = { js: 0, css: gzipSync(styles).length };
for (const [, path] of scripts) sizes.js += gzipSync(await readFile(join(BUILT, path))).length;

for (const [kind, budget] of Object.entries(BUDGETS)) {
  const said = `${kind}: ${sizes[kind]} bytes of ${budget}`;
  // None at all is a page that this script does not understand any more.
  if (sizes[kind] === 0 || sizes[kind] > budget) {
    console.error(`the listener's page is over its budget: ${said}`);
    process.exitCode = 1;
  } else {
    console.log(said);
  }
}
