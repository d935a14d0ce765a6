// A checkout whose dependencies were not installed again after an update.
const Module = require("module");

const original = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request === "mustache") {
    throw Object.assign(new Error("Cannot find module 'mustache'"), { code: "MODULE_NOT_FOUND" });
  }
  return original.call(this, request, ...rest);
};
