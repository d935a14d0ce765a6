/**
 * Every mutation of every area against the real program's graph, with unknown ids (a first preview) and known ids (after
 * `up`).
 */
import { cleanGraph } from "./clean";
import { mutationTests } from "./frame";
import { allMutations } from "./lists";

mutationTests("the real program", cleanGraph, allMutations());
