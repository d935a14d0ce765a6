/** `node -r ./tools/register.js FILE.ts`: how npm's scripts run TypeScript. The pack stands by itself, so it has what that takes. */
require("../policies/typescript/register");
