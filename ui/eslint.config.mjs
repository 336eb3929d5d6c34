import lit from "eslint-plugin-lit";
import a11y from "eslint-plugin-lit-a11y";
import wc from "eslint-plugin-wc";
import tseslint from "typescript-eslint";
import { direction, sdkAlone } from "./scripts/direction.mjs";

export default tseslint.config(
  { ignores: ["src/wire/", "src/i18n/locales/", "node_modules/", "examples/"] },
  tseslint.configs.recommendedTypeChecked,
  lit.configs["flat/recommended"],
  wc.configs["flat/best-practice"],
  {
    plugins: { "lit-a11y": a11y },
    rules: {
      ...a11y.configs.recommended.rules,
      // The button that changes nothing has the focus when a dialog opens.
      "lit-a11y/no-autofocus": "off",
    },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  ...direction,
  sdkAlone,
  { files: ["**/*.mjs", "public/*.js"], ...tseslint.configs.disableTypeChecked },
  // A worker stands alone: it is no part of the pages' program.
  { files: ["public/*.js"], languageOptions: { parserOptions: { projectService: false } } },
);
