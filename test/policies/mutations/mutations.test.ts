/**
 * Every mutation of every area against the real program's graph, with unknown ids (a first preview) and known ids (after
 * `up`). Lists stand in the files beside this one; each exports `mutations`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cleanGraph } from "./clean";
import { mutationTests } from "./frame";
import type { Mutation } from "./frame";

const OTHERS = /^(clean|frame)\.ts$|\.test\.ts$/;
const lists = readdirSync(__dirname)
  .filter((file) => file.endsWith(".ts") && !OTHERS.test(file))
  .sort();

const mutations = lists.flatMap((file) => {
  const list = jest.requireActual<{ readonly mutations?: readonly Mutation[] }>(join(__dirname, file)).mutations;
  if (!list) throw new Error(`${file} exports no mutations`);
  return list;
});

if (mutations.length > 0) mutationTests("the real program", cleanGraph, mutations);
else test.todo("no list of mutations yet");
