// Writes src/wire/schema.ts from the references; with --check it only compares.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const TARGET = new URL("../src/wire/schema.ts", import.meta.url);
const HEAD = "// Made by `npm run wire` from docs/reference/openapi.json and asyncapi.json.\n\n";

async function reference(name) {
  return JSON.parse(await readFile(new URL(`../../docs/reference/${name}.json`, import.meta.url), "utf8"));
}

const [http, socket] = await Promise.all([reference("openapi"), reference("asyncapi")]);
// What both have is the same: one program writes them from the same models.
http.components.schemas = { ...http.components.schemas, ...socket.components.schemas };
const tree = await openapiTS(http, {
  alphabetize: true,
  defaultNonNullable: false,
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});
const text = HEAD + astToString(tree);

if (!process.argv.includes("--check")) {
  await writeFile(TARGET, text);
} else if ((await readFile(TARGET, "utf8")) !== text) {
  console.error("src/wire/schema.ts differs from docs/reference: run `make docs`");
  process.exit(1);
}
