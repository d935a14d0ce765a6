import js from "@eslint/js";
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
    languageOptions: { globals: globals.node, parserOptions: { projectService: { allowDefaultProject: ["*.mjs", "*.js"] } } },
    rules: {
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
    },
  },
  forbid(
    ["infra/{network,egress,firewall,host,host-keys,image,model-bucket,remote-setup,permissions,naming,cidr}.ts"],
    "^\\./(config$|stack$|inputs$|program$|sources$|index$|offline/|verify/)",
    "A component takes arguments; it reads no configuration and knows nothing of what stands above it.",
  ),
  forbid(
    ["infra/host/**/*.ts", "infra/{naming,cidr}.ts"],
    "^(@pulumi/|\\.\\./(?!\\.\\./models-manifest))",
    "What a host gets is plain data: no resource, no connection, no configuration.",
  ),
  forbid(
    ["infra/{stack,inputs}.ts"],
    "^\\./(config$|program$|index$|offline/)",
    "The stack is wired from its inputs; only the program reads configuration.",
  ),
  forbid(
    ["policies/**/*.ts"],
    "/(infra|models-manifest|test)(/|$)",
    "The pack judges what a program registers; it must not know its source.",
  ),
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
