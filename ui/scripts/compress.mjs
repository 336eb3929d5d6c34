// Writes .br and .gz files beside what is built, which the daemon sends to browsers that take them.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const BUILT = new URL("../../controlplane/web/static/", import.meta.url).pathname;
const TEXT = /\.(html|js|css|svg|json)$/;
/** Smaller ones would not travel in fewer packets. */
const MIN_BYTES = 1024;

for (const name of await readdir(BUILT, { recursive: true })) {
  if (!TEXT.test(name)) continue;
  const file = join(BUILT, name);
  const content = await readFile(file);
  if (content.length < MIN_BYTES) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
}
