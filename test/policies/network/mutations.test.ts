/** The network mutations against two made-up programs; the real program has its turn in mutations/mutations.test.ts. */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Config } from "../../../policies/core/config";
import { policies } from "../../../policies/rules";
import { policies as engine } from "../../../policies/rules/engine";
import { policies as network } from "../../../policies/rules/network";
import { mutationTests } from "../mutations/frame";
import { mutations as a } from "../mutations/a";
import { mutations as b } from "../mutations/b";
import { mutations as c } from "../mutations/c";
import { mutations as h } from "../mutations/h-network";
import { mutations as i } from "../mutations/i-balancers";
import { mutations as z } from "../mutations/z-network";
import { FOREIGN_CONFIG, foreignStack, ownStack } from "./stack";

const mutations = [...a, ...b, ...c, ...h, ...i, ...z];
/** These programs are a network and nothing else: other areas would miss a bucket, and say so. The logs of load balancers are of both. */
const others = policies
  .filter(({ id }) => id !== "access-logs-guarded" && ![...network, ...engine].some((policy) => policy.id === id))
  .map(({ id }) => [id, "disabled"] as const);
const only = (config: Config): Config => ({ ...config, levels: Object.fromEntries(others) });

mutationTests("a program like ours", (mode) => ownStack().p.plain(mode), mutations, only(DEFAULT_CONFIG));
mutationTests("a foreign program", (mode) => foreignStack().p.plain(mode), mutations, only(FOREIGN_CONFIG));
