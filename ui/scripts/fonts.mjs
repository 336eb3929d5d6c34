// Writes the typefaces of the pages, cut down to the letters that they need, to src/tokens/fonts.
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const OUT = new URL("../src/tokens/fonts/", import.meta.url);
const PACKAGES = new URL("../node_modules/", import.meta.url);

const LATIN = [
  [0x20, 0x7e],
  [0xa0, 0xff],
  [0x131],
  [0x152, 0x153],
  [0x2013, 0x2014],
  [0x2018, 0x201e],
  [0x2022],
  [0x2026],
];
/** The letters of Urdu and Arabic, their marks, digits and punctuation. */
const ARABIC = [
  [0x20],
  [0x60c],
  [0x610, 0x614],
  [0x61b],
  [0x61f],
  [0x621, 0x63a],
  [0x640, 0x65e],
  [0x660, 0x671],
  [0x679],
  [0x67e],
  [0x686],
  [0x688],
  [0x691],
  [0x698],
  [0x6a9],
  [0x6af],
  [0x6ba],
  [0x6be],
  [0x6c0, 0x6c3],
  [0x6cc],
  [0x6d2, 0x6d4],
  [0x6f0, 0x6f9],
  [0x200c, 0x200f],
  [0xfdfa],
  [0x2018, 0x2019],
  [0x201c, 0x201d],
];

const FONTS = {
  "anek-latin": ["@fontsource-variable/anek-latin/files/anek-latin-latin-wght-normal.woff2", LATIN],
  "noto-naskh-arabic": [
    "@fontsource-variable/noto-naskh-arabic/files/noto-naskh-arabic-arabic-wght-normal.woff2",
    ARABIC,
  ],
  "noto-nastaliq-urdu": ["@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic-400-normal.woff2", ARABIC],
};

await mkdir(OUT, { recursive: true });
for (const [name, [source, letters]] of Object.entries(FONTS)) {
  const [from, to] = [new URL(source, PACKAGES), new URL(`${name}.woff2`, OUT)];
  if (await isNewer(to, from)) continue;
  const font = await subsetFont(await readFile(from), textOf(letters), { targetFormat: "woff2" });
  await writeFile(to, font);
  console.log(`${fileURLToPath(to)}: ${(font.length / 1000).toFixed(1)} kB`);
}

function textOf(ranges) {
  return ranges
    .flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
    .map((code) => String.fromCodePoint(code))
    .join("");
}

/** Whether a file was made after another, and after this script. */
async function isNewer(file, other) {
  const time = async (url) => (await stat(url)).mtimeMs;
  try {
    return (await time(file)) > Math.max(await time(other), await time(new URL(import.meta.url)));
  } catch {
    return false;
  }
}
