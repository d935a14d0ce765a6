#!/usr/bin/env node
// The pack's program in a folder of its own: `npx --no-install ml-gateway-policies --graph FILE`, from anywhere.
require("./typescript/register");
const { start } = require("./cli");
const { checkCommand } = require("./check");

start({ ...checkCommand, name: "ml-gateway-policies", program: "ml-gateway-policies" });
