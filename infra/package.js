// Where another program's import "ml-gateway/components" enters: that program need not know how this one's types are taken off.
require("../policies/typescript/register");
module.exports = require("./components.ts");
