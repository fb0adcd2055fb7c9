import eslint from "@eslint/js";
import globals from "globals";
import typescript from "typescript-eslint";

export default typescript.config(
  {
    ignores: [
      "dist/",
      "target/",
      ".build/",
      ".tools/",
      "site/dist/",
      "www/dist/",
      "tests/types/",
      // Sample apps: each is checked by what builds it.
      "tests/apps/*/",
      "!tests/apps/lib/",
      "!tests/apps/vite/",
      "examples/",
    ],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.{js,mjs,ts}"],
    plugins: { typescript: typescript.plugin },
    languageOptions: {
      parser: typescript.parser,
      parserOptions: { projectService: true },
    },
    rules: {
      // A promise that nobody looks at hides its failure.
      "typescript/no-floating-promises": [
        "error",
        {
          // Node's runner looks at these itself.
          allowForKnownSafeCalls: [
            {
              from: "package",
              package: "node:test",
              name: ["describe", "it", "suite", "test"],
            },
          ],
        },
      ],
      "typescript/no-misused-promises": "error",
      "typescript/await-thenable": "error",
      "typescript/only-throw-error": "error",
      "typescript/switch-exhaustiveness-check": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      // tsc knows, and knows types too.
      "no-redeclare": "off",
      "no-undef": "off",
      "no-unused-vars": "off",
    },
  },
  {
    // The package itself: what nobody has checked stays unknown.
    files: ["js/**/*.ts"],
    rules: {
      "typescript/no-explicit-any": "error",
      "typescript/no-unsafe-argument": "error",
      "typescript/no-unsafe-assignment": "error",
      "typescript/no-unsafe-call": "error",
      "typescript/no-unsafe-member-access": "error",
      "typescript/no-unsafe-return": "error",
    },
  },
  {
    files: ["scripts/**", "tests/**", "www/server/**", "bench/**"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["js/**", "www/*.{js,ts}", "www/src/**"],
    languageOptions: { globals: globals.browser },
  },
);
