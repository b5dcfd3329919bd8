import js from "@eslint/js";
import globals from "globals";

const STATIC = "src/peerqa/web/static";

export default [
  { ignores: [".venv/", "build/", "dist/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: [`${STATIC}/*.js`], languageOptions: { globals: globals.browser } },
  // A page of somebody else loads it with a plain <script>, which is how it finds where it stands.
  { files: [`${STATIC}/embed.js`], languageOptions: { sourceType: "script" } },
];
