/** Requests a second and how long they take, on hosts of a lab: the stack's own set-up beside uvicorn alone and the settings that were asked for. */
import type { Around, Bench } from "./bench";
import { documentedPorts, startDocumented } from "./documented";
import { CONNECTIONS } from "./load";
import type { Limit, Target } from "./result";
import {
  backendEntry,
  DEFAULT_WORKERS,
  follow,
  gatewayEntry,
  inLab,
  inTurns,
  KINDS,
  label,
  MODES,
  own,
  SECONDS,
  throughGateway,
  type Found,
} from "./served";

const WORKERS = [1, 2, 4] as const;

const METHOD =
  `A gateway and a backend of test/lab with the sample application, set up by the program as for the dev stack; wrk with ${String(CONNECTIONS)} connections for ${String(SECONDS)} s each, in turns. ` +
  "/health is as little as an application can do; each /predict has other features, so that it is computed. `uvicorn alone`: the service's own port 8000, nothing in front. `as documented`: four workers " +
  "with uvicorn's own settings behind an nginx without connections that are kept, on the same backend. Load and both hosts share the machine's cores: rates are lower than on hosts of their own, and " +
  "`processor` (nginx and application of both hosts, for one request) says what a host's core has to do.";
const DOCUMENTED = "as documented: nginx";
const DOCUMENTED_ALONE = "as documented: uvicorn alone";
const PROXY = throughGateway("proxy");

/** py-spy, 3 s under this load: 46 of 100 samples in uvicorn's and FastAPI's way to the function, 19 in cache and model. */
const SHARED = "uvicorn and FastAPI take 2.4 times as long as cache and model (py-spy), and both sides have them";

/** From the rows `processor`. */
const TWO_MORE =
  "the nginx of each host takes processor time that uvicorn alone spends on requests (rows `processor`: for a /health more than uvicorn itself), and here both hosts and the load share two cores";

const TARGETS: readonly (Target | Limit)[] = KINDS.flatMap((kind): (Target | Limit)[] => {
  const of = label(own("backend's nginx", DEFAULT_WORKERS), kind);
  const shared = kind === "predict" ? { because: SHARED } : {};
  return [
    {
      what: `/${kind}: the backend's nginx beside the documented settings`,
      of: `${of}: rate`,
      by: `${label(DOCUMENTED, kind)}: rate`,
      atLeast: 2.2,
      ...shared,
    },
    {
      what: `/${kind}: the same by processor time`,
      of: `${label(DOCUMENTED, kind)}: processor`,
      by: `${of}: processor`,
      atLeast: 2.2,
      ...shared,
    },
    {
      what: `/${kind}: proxy mode beside uvicorn alone`,
      of: `${label(PROXY, kind)}: rate`,
      by: `${label(own("uvicorn alone", DEFAULT_WORKERS), kind)}: rate`,
      atLeast: 0.85,
      because: TWO_MORE,
    },
    { what: `/${kind}: the backend's nginx, p99 in ms`, of: `${of}: p99`, atMost: 50 },
  ];
});

export const servingBench: Bench = {
  name: "serving",
  summary:
    "requests a second through the hosts of a lab (Linux and root; wrk is installed), beside uvicorn alone and the documented settings",
  targets: TARGETS,
  measure: async (around) => ({ title: "Serving", method: METHOD, rows: await inLab(around, measureAll) }),
};

async function measureAll(around: Around, found: Found): Promise<void> {
  for (const workers of WORKERS) {
    const { lab } = await follow(around, { workers, mode: "application" });
    const documented = workers === DEFAULT_WORKERS ? await startDocumented(lab) : undefined;
    await inTurns(around, found, lab, [
      backendEntry(own("uvicorn alone", workers), 8000),
      backendEntry(own("backend's nginx", workers), 9000),
      ...(documented === undefined
        ? []
        : [backendEntry(DOCUMENTED_ALONE, documentedPorts.uvicorn), backendEntry(DOCUMENTED, documentedPorts.nginx)]),
    ]);
    await documented?.();
  }
  for (const mode of MODES) {
    const { lab, entry } = await gatewayEntry(around, mode);
    await inTurns(around, found, lab, [entry]);
  }
}
