/** What can be measured, in the order of the page. */
import type { Bench } from "./bench";
import { changeBench } from "./change";
import { memoryBench } from "./memory";
import { modelsBench } from "./models";
import { policiesBench } from "./policies";
import { scaleBench } from "./scale";
import { servingBench } from "./serving";
import { servingReleaseBench } from "./serving-release";
import { startBench } from "./start";

export const BENCHES: readonly Bench[] = [
  startBench,
  policiesBench,
  modelsBench,
  servingBench,
  servingReleaseBench,
  changeBench,
  memoryBench,
  scaleBench,
];
