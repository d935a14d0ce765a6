import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Files that may import only from the layers below them: index -> stack -> components -> pure files. */
const forbid = (files, group, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { globals: globals.node, parserOptions: { projectService: { allowDefaultProject: ["*.mjs", "*.js"] } } },
    rules: {
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
    },
  },
  forbid(["policies/**/*.ts"], ["**/infra/**", "**/models-manifest/**", "**/test/**"], "The pack judges what a program registers; it must not know its source."),
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
