import { once } from "../../core/graph";
import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import type { Executed, Written } from "../../shell/state";
import { plain, show } from "../../shell/text";
import { hostOf, listening } from "./listening";
import { lastEdited, unitsOf, valuesOf } from "./units";
import { publishedPorts } from "./published";
import { forEachHost, unknown, violation } from "./findings";
import type { Place } from "../../shell/files";
import { holesOf } from "../../shell/text";

const FIX = "`--host 127.0.0.1` (uvicorn), `--bind 127.0.0.1:8000` (gunicorn).";

const PUBLISH = "Publish it on the loopback: `-p 127.0.0.1:8000:8000`.";

function check(report: Asked, settings: Settings): Finding[] {
  const { record, files } = report;
  const units = unitsOf(record, files).flatMap(({ text, place }) => {
    const environment = valuesOf(text ?? "", "Environment").join(" ");
    return valuesOf(text ?? "", "ExecStart").flatMap((line) => say(listening(line.split(/\s+/u), environment), place));
  });
  const containers = publishedPorts(report, settings).flatMap(({ address, port, place }) =>
    isLoopback(address)
      ? []
      : [
          violation(
            place,
            `A container publishes port ${port} on ${address === "" ? "every address" : show(address)}, past nginx and the host's own filters. ${PUBLISH}`,
          ),
        ],
  );
  const edits = lastEdited(record, BINDS).flatMap(({ line, place }) =>
    [...line.matchAll(new RegExp(BINDS, "gu"))].flatMap(([, option = "", value = ""]) =>
      say([option === "--host" ? value : hostOf(value)], place),
    ),
  );
  return [...units, ...edits, ...record.executed.flatMap(checkRun), ...record.written.flatMap(ofConfiguration), ...containers];
}

/** What an edit of a unit puts in the place of an address; the rest of the line need not be seen. */
const BINDS = /(?:^|\s)(--host|--bind)[= ]([^\s"'$]+)/u;

/** `gunicorn.conf.py` is read from the folder that the application runs in, whatever its unit says. */
function ofConfiguration({ path, content, place }: Written): Finding[] {
  if (!/(^|\/)(gunicorn[\w.-]*\.py|hypercorn[\w.-]*\.(py|toml))$/u.test(path)) return [];
  return [...plain(content).matchAll(/^[ \t]*bind[ \t]*=[ \t]*(.{1,500})$/gmu)].flatMap(([, value = ""]) => {
    const given = [...value.matchAll(/"([^"]*)"|'([^']*)'/gu)].map(([, a, b]) => a ?? b ?? "");
    return given.length > 0 && !/[+{(]|\bf["']/u.test(value)
      ? say(given.map(hostOf), place)
      : [unknown(place, `Cannot tell on which address the application listens: ${show(path)} says bind = ${show(value)}. ${FIX}`)];
  });
}

const checkRun = once((run: Executed): readonly Finding[] =>
  say(listening(run.argv, run.assignments.map(([n, v]) => `${n}=${v}`).join(" ")), run.place),
);

function say(addresses: readonly string[], place: Place): Finding[] {
  return addresses
    .filter((a) => !isLoopback(a))
    .map((address) =>
      holesOf(address).length > 0
        ? unknown(place, `Cannot tell on which address the application listens: ${show(address)}. ${FIX}`)
        : violation(place, `The application listens on ${show(address)}, past nginx. ${FIX}`),
    );
}

const isLoopback = (address: string): boolean => /^(127(\.\d+){3}|::1|\[::1\]|localhost|unix:.*|fd:.*|\/.*)$/u.test(address);

export const policy: Policy = {
  id: "application-on-loopback",
  severity: "medium",
  control: "NET-1",
  tags: ["host-setup", "systemd"],
  description: "The application server listens on the loopback interface; nginx is the only front.",
  why: "On 0.0.0.0 it answers without nginx's limits and headers to everybody whom the security group lets in, today or after its next change.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "ExecStart=/home/ddos/venv/bin/uvicorn app:app --host 0.0.0.0 --port 8000",
  good: "ExecStart=/home/ddos/venv/bin/uvicorn app:app --host 127.0.0.1 --port 8000",
  evaluate: forEachHost("application-on-loopback", check),
};
