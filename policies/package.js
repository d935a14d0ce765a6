// Where a program that evaluates graphs with the pack enters: require("ml-gateway/policies"). As a pack, the engine starts main.js.
require("./typescript/register");
module.exports = require("./api.ts");
