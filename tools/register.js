/** `node -r ./tools/register.js FILE.ts`: how npm's scripts run TypeScript. The pack stands by itself, so it has what that takes. */
try {
  require("../policies/typescript/register");
} catch (error) {
  // The first thing that a fresh clone lacks; a file of our own that is missing is another matter.
  if (error.code !== "MODULE_NOT_FOUND" || !/^Cannot find module '[^./]/.test(error.message)) throw error;
  process.stderr.write("the npm packages of this project are not installed, and no command runs without them; run: npm ci\n");
  process.exit(3);
}
