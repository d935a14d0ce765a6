// Where the engine enters the program. Pulumi.yaml says `typescript: false`, else the runner would load the TypeScript compiler and ts-node
// at every start, half a second, to strip types that have been stripped before.
require("../policies/typescript/register");
module.exports = require("./index.ts");
