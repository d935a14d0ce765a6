// A program in TypeScript is loaded with any loader that it likes; this one uses that of the components.
require("ml-gateway/components");
module.exports = require("./program.ts").program;
