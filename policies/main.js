// Where the engine enters the pack. Its runner makes ts-node check all types at every start (`typeCheck: true`, which no
// tsconfig.json can take back): seconds and 100 MB a preview. Types are checked once, by `npm run types`; here swc only
// strips them. The first registration is switched off, else it would still compile every file before the second one does.
const { register, REGISTER_INSTANCE } = require("ts-node");

process[REGISTER_INSTANCE]?.enabled(false);
register({ transpileOnly: true, swc: true, typeCheck: false, dir: __dirname });
module.exports = require("./index.ts");
