/** What calls of an application ask of the host as soon as it starts: programs, a graphics card, AWS, a loop of events. Certain where it surely fails. Pure. */
import { startText, type Finding } from "./findings";
import type { HostGifts } from "./host-needs";
import { admits, bringsOf, exactVersion } from "./packages";
import type { Requirement } from "./requirements";
import type { HostNeed } from "./syntax";

/** From this version on uvicorn loads an application before its loop runs, where there is one worker (uvicorn/main.py, `config.load_app()`). */
const LOADS_BEFORE_ITS_LOOP = "0.47";

/** What its calls need, each at its line. */
export function callNeeds(project: string, requirements: readonly Requirement[], needs: readonly HostNeed[], given: HostGifts): Finding[] {
  return needs.flatMap((need) => {
    const found = callOf(project, requirements, need, given);
    return found === undefined ? [] : [{ ...found, text: `${need.path}, line ${need.line}: ${found.text}` }];
  });
}

function callOf(
  project: string,
  requirements: readonly Requirement[],
  { what, value, at }: HostNeed,
  given: HostGifts,
): Finding | undefined {
  const when = startText(at);
  if (what === "loop") return loop(requirements, value, at);
  if (what === "nest") return nested(requirements, at);
  if (what === "cuda") {
    if (given.allow.includes("devices")) return undefined;
    const instead = `write "cuda" if torch.cuda.is_available() else "cpu" (on instances that have one: devices in ${project}:sandbox.allow)`;
    return {
      certain: true,
      text: `puts a model on a graphics card (cuda) ${when}, and the service reaches none, so it could not start; ${instead}`,
    };
  }
  if (what === "card") {
    const text = `asks for a graphics card (${value}) ${when}, and the service reaches none, so it could not start; do that only where there is one (on instances that have one: devices in ${project}:sandbox.allow)`;
    return given.allow.includes("devices") ? undefined : { certain: true, text };
  }
  if (what === "spacy") {
    const known = requirements.some(({ name = "" }) => name === value.replace(/_/g, "-"));
    const wheel = `${value} @ https://github.com/explosion/spacy-models/releases/download/${value}-VERSION/${value}-VERSION-py3-none-any.whl`;
    const text = `loads ${value} ${when}, a package that the requirements do not name, so the service could not start; add its wheel (${wheel})`;
    return known ? undefined : { certain: true, text };
  }
  if (what === "aws") {
    const text = `asks AWS (${value}) ${when}, and the service has no credentials, because its sandbox closes the instance metadata, so it could not start; list the file in the models' manifest, or add metadata to ${project}:sandbox.allow and give the role the right`;
    return given.allow.includes("metadata") ? undefined : { certain: true, text };
  }
  if (given.packages?.includes(value) !== false) return undefined;
  return {
    certain: true,
    text: `runs ${what} ${when}, and the images of Ubuntu have no such program, so the service could not start; add ${value} to ${project}:backend.packages`,
  };
}

/** The version of uvicorn that loads the application while its loop runs; undefined where it is another one, or is not written down. */
function loadsWithin(requirements: readonly Requirement[]): string | undefined {
  const [exact] = requirements.flatMap(({ name, specifier, marker }) =>
    name === "uvicorn" && !marker ? (exactVersion(specifier) ?? []) : [],
  );
  return exact === undefined || admits(`>=${LOADS_BEFORE_ITS_LOOP}`, exact) ? undefined : exact;
}

/** nest_asyncio 1.6.0 patches the loop that runs, and takes none but asyncio's own ("Can't patch loop of type uvloop.Loop"); uvicorn takes uvloop's where it is installed. */
function nested(requirements: readonly Requirement[], at: HostNeed["at"]): Finding | undefined {
  const fast = requirements.find((one) => bringsOf(one).some((name) => BRINGS_UVLOOP.has(name)));
  if (fast === undefined) return undefined;
  const certain = at === "start" || loadsWithin(requirements) !== undefined;
  const when = startText(at);
  const end = certain
    ? ", so the service could not start"
    : ", which fails where a loop runs already (more than one worker, uvicorn before 0.47)";
  return {
    certain,
    text: `patches the loop of events with nest_asyncio ${when}, which cannot patch uvloop's, and uvicorn takes that one because ${fast.place} brings it${end}; leave nest_asyncio out and await in the routes and the lifespan, or bring uvicorn without uvloop (uvicorn and websockets in place of uvicorn[standard])`,
  };
}

const BRINGS_UVLOOP: ReadonlySet<string> = new Set(["uvloop", "uvicorn[standard]", "fastapi[standard]", "fastapi[all]", "sanic"]);

function loop(requirements: readonly Requirement[], call: string, at: HostNeed["at"]): Finding {
  const instead = "await it in the application's lifespan, or do it without async";
  if (at === "start")
    return {
      certain: true,
      text: `runs ${call} when it starts, which is within uvicorn's own loop, where no other may run, so the service could not start; ${instead}`,
    };
  const old = loadsWithin(requirements);
  return old !== undefined
    ? {
        certain: true,
        text: `runs ${call} when it is imported, which uvicorn ${old} does within its own loop, where no other may run, so the service could not start; ${instead}`,
      }
    : {
        certain: false,
        text: `runs ${call} when it is imported, which works with one worker and uvicorn ${LOADS_BEFORE_ITS_LOOP} or later alone (workers are made within a loop, where no other may run); better ${instead}`,
      };
}
