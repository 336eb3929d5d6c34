// Fails if what the listener's page loads before it shows anything has grown past its budget, in bytes of gzip.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../controlplane/web/static/", import.meta.url).pathname;
const BUDGETS = { js: 70_000, css: 15_000 };
const MAX_CHAIN = 3;

const page = await readFile(join(BUILT, "index.html"), "utf8");
const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)];
const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text).join("");
const sizes = { js: 0, css: gzipSync(styles).length };
for (const [, path] of scripts) sizes.js += gzipSync(await readFile(join(BUILT, path))).length;

/** How many requests follow each other until the page can show its title: its own, its scripts, and what those import. */
async function depthOf(path, known, above = []) {
  if (above.includes(path)) return 0;
  const text = await readFile(join(BUILT, "assets", path), "utf8");
  const imported = [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map(([, file]) => file);
  // What the page names itself is fetched beside its scripts.
  const depths = await Promise.all(
    imported.map((file) => (known.has(file) ? 0 : depthOf(file, known, [...above, path]))),
  );
  return 1 + Math.max(0, ...depths);
}

const named = scripts.map(([, path]) => path.replace("assets/", ""));
const chain = 1 + Math.max(...(await Promise.all(named.map((path) => depthOf(path, new Set(named))))));
console.log(`requests one after another until the first title: ${chain} of ${MAX_CHAIN}`);
if (!(chain <= MAX_CHAIN)) {
  console.error("the listener's page has too long a chain of requests");
  process.exitCode = 1;
}

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
