// Where a program that evaluates graphs with the pack enters: require("ml-gateway/policies"), require("ml-gateway-policies"). The engine asks for the
// folder, which leads to main.js: that one starts the pack's server, and would keep such a program from ending.
require("./typescript/register");
module.exports = require("./api.ts");
