// Which folders of src/ may import which, as rules for ESLint.

/** From the bottom up: each imports from itself and from those before it. */
const LAYERS = ["wire", "sdk", "i18n", "kit", "app", "features", "pages"];

const OTHER_FEATURE = {
  regex: "^\\.\\./(?!\\.\\./)",
  message: "Features do not import each other: a page joins them, and what several need is in app/ or kit/.",
};

function above(index) {
  const names = LAYERS.slice(index + 1);
  const message = `${LAYERS[index]}/ is below ${names.join("/, ")}/.`;
  return names.length ? [{ regex: `^\\.\\.?/.*\\b(${names.join("|")})/`, message }] : [];
}

export const direction = LAYERS.map((layer, index) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [...above(index), ...(layer === "features" ? [OTHER_FEATURE] : [])] },
    ],
  },
}));

/** Programs without a page use it, too. */
export const sdkAlone = {
  files: ["src/sdk/**/*.ts"],
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [{ regex: "^@?lit" }] }] },
};
