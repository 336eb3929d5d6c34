// Collects the sentences of the pages into xliff/, and makes modules of their translations; with --check it only compares.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const UI = new URL("..", import.meta.url).pathname;
const MODULES = "src/i18n/locales";
const TOOL = "node_modules/@lit/localize-tools/bin/lit-localize.js";

async function write(config) {
  for (const step of ["extract", "build"]) {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [TOOL, step, "--config", config], {
      cwd: UI,
    });
    if (/missing|error/i.test(stdout + stderr)) throw new Error(stdout + stderr);
  }
}

async function differing(made, kept) {
  const names = await readdir(join(UI, made));
  const pairs = await Promise.all(
    names.map(async (name) => {
      const [now, before] = await Promise.all(
        [made, kept].map((folder) => readFile(join(UI, folder, name), "utf8").catch(() => "")),
      );
      return now === before ? [] : [join(kept, name)];
    }),
  );
  return pairs.flat();
}

async function check() {
  const scratch = await mkdtemp(join(UI, ".strings-"));
  const folder = scratch.slice(UI.length);
  try {
    await cp(join(UI, "xliff"), join(scratch, "xliff"), { recursive: true });
    const config = JSON.parse(await readFile(join(UI, "lit-localize.json"), "utf8"));
    config.tsConfig = "../tsconfig.json";
    config.output.outputDir = "./modules";
    config.output.localeCodesModule = `./${folder}/modules/codes.ts`;
    config.interchange.xliffDir = "./xliff";
    await writeFile(join(scratch, "lit-localize.json"), JSON.stringify(config));
    await write(join(folder, "lit-localize.json"));
    return [
      ...(await differing(join(folder, "xliff"), "xliff")),
      ...(await differing(join(folder, "modules"), MODULES)),
    ];
  } finally {
    await rm(scratch, { recursive: true });
  }
}

if (process.argv.includes("--check")) {
  const stale = await check();
  if (stale.length) {
    console.error(`${stale.join(", ")}: not up to date, or not translated: run \`npm run strings\` and translate`);
    process.exit(1);
  }
} else {
  await write("lit-localize.json");
}
