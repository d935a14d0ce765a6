// Where the engine enters the pack. Its runner makes ts-node check all types at every start (`typeCheck: true`, which no
// tsconfig.json can take back): seconds and 100 MB a preview. Types are checked once, by `npm run types`; here they are only taken
// off, and what was taken off once is kept.
require("./typescript/register");
module.exports = require("./index.ts");
