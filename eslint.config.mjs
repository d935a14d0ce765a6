import js from "@eslint/js";
import regexp from "eslint-plugin-regexp";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Files that may import only from the layers below them: index -> stack -> components -> pure files. */
const forbid = (files, regex, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] },
});

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { globals: globals.node, parserOptions: { projectService: { allowDefaultProject: ["*.mjs", "*.js", "tools/*.js"] } } },
    rules: {
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
    },
  },
  {
    // Whether a pattern means what it says; not how it is written.
    plugins: { regexp },
    rules: Object.fromEntries(
      [
        "no-empty-capturing-group",
        "no-empty-character-class",
        "no-invalid-regexp",
        "no-lazy-ends",
        "no-misleading-unicode-character",
        "no-missing-g-flag",
        "no-optional-assertion",
        "no-useless-backreference",
        "no-useless-dollar-replacements",
        "no-zero-quantifier",
        "strict",
      ].map((rule) => [`regexp/${rule}`, "error"]),
    ),
  },
  {
    // Whoever writes a program writes the texts that the pack reads: none of them may keep it busy for ever.
    files: ["policies/**/*.ts"],
    rules: { "regexp/no-super-linear-backtracking": "error", "regexp/no-misleading-capturing-group": "error" },
  },
  forbid(
    ["infra/{network,hosts,models,remote}/**/*.ts"],
    "^(\\.\\./(config/(load|sources|rules|structure|schema)$|stack$|program$|index$|offline/|cli/|release/inputs$))",
    "A component takes arguments; it reads no configuration and knows nothing of what stands above it.",
  ),
  forbid(
    ["infra/app/**/*.ts"],
    "^(@pulumi/|\\.\\./(config|stack|program|index|offline|cli|remote|release)(/|$))",
    "What an application is made of is read from its folder: no configuration, no resource.",
  ),
  forbid(
    ["infra/release/**/*.ts", "infra/network/cidr.ts", "infra/hosts/sizing.ts"],
    "^(@pulumi/(?!pulumi$)|\\.\\./(stack|program|index|offline/|cli/|remote/))",
    "What a host gets is plain data: no resource and no connection.",
  ),
  forbid(
    ["infra/{release,config}/**/*.ts", "infra/stack.ts"],
    "^(?!(\\.\\./)+policies/cli/)(.*/)?(program|index|offline/.*|cli/.*)$",
    "The stack is wired from its inputs; only the program reads configuration, and only a command line runs the program.",
  ),
  forbid(
    ["policies/**/*.ts"],
    "/(infra|models-manifest|test)(/|$)",
    "The pack evaluates what a program registers; it must not know its source.",
  ),
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
