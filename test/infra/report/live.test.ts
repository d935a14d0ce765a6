/** The live stack in the report: from a state, from verify and from releases; files of something else are refused with what they are. */
import { liveView } from "../../../infra/report/live";
import type { LiveView } from "../../../infra/report/types";
import { makeGraph, makeResource } from "../../../policies/core/graph";
import { RELEASES, stateOf, VERIFY } from "./live-files";

const VPC = "urn:pulumi:dev::ml-gateway::aws:ec2/vpc:Vpc::network-vpc";
const PLANNED = makeGraph([makeResource({ urn: VPC, type: "aws:ec2/vpc:Vpc" })], true);
const of = (files: Parameters<typeof liveView>[2], stack = "dev"): LiveView => liveView(PLANNED, stack, files) as LiveView;

test("without a file there is no such part", () => expect(liveView(PLANNED, "dev", {})).toBeUndefined());

test("a state: outputs that are no secret, what is missing and what is left over, the last verification", () => {
  const { updated, facts, missing, surplus, hosts } = of({ state: stateOf("dev") });
  expect(updated).toBe("2026-11-27T10:00:00.5Z");
  expect(facts).toEqual([["resources", "2"], ["gatewayAddress", "203.0.113.9"]]); // prettier-ignore
  expect([missing, surplus]).toEqual([["network-vpc"], ["old-queue"]]);
  expect(hosts).toMatchObject([{ role: "gateway", verdict: "as wanted" }]);
  expect(JSON.stringify(of({ state: stateOf("dev") }))).not.toContain("top-secret");
});

test("verify and releases: verdicts, differences, proof, history with the newest first", () => {
  const { hosts } = of({ verify: VERIFY, releases: RELEASES });
  expect(hosts.map(({ role, verdict }) => [role, verdict])).toEqual([["gateway", "as wanted"], ["backend", "differs"]]); // prettier-ignore
  expect(hosts[0]?.facts).toContainEqual(["proof", "POST /predict was answered by the backend's release 7-3f9a12bc44de"]);
  expect(hosts[0]?.error).toContain("did not answer");
  expect(hosts[1]?.failed).toEqual([{ check: "mode of /home/ddos/app/.env", expected: "0600", found: "0644" }]);
  expect(hosts[1]?.facts).toContainEqual(["can be rolled back to", "6-0aa1bb2cc3dd"]);
  expect(hosts[1]?.history.map(({ result }) => result)).toEqual(["refused", "serves"]);
});

test("releases alone verify nothing", () => {
  expect(of({ releases: RELEASES }).hosts.map(({ role, verdict }) => [role, verdict])).toEqual([
    ["backend", "not verified"],
    ["gateway", "could not be asked"],
  ]);
});

test.each<[string, Parameters<typeof liveView>[2], RegExp]>([
  ["no JSON", { state: { name: "s.json", text: "secret: hunter2" } }, /^s\.json: found no JSON object; expected (?!.*hunter2)/],
  [
    "no state",
    { state: { name: "s.json", text: "{}" } },
    /^s\.json: it has no "deployment"; expected what "pulumi stack export --stack dev" prints/,
  ],
  [
    "the state of another stack",
    { state: stateOf("prod") },
    /state\.json: it is the state of the stack "prod", and the report is of "dev"/,
  ],
  [
    "no hosts",
    { verify: { name: "v.json", text: '{"stack":"dev","hosts":7}' } },
    /^v\.json: it has no list of "hosts"; expected .*npm run -s verify/,
  ],
  ["hosts of another stack", { releases: { name: "r.json", text: '{"stack":"prod","hosts":[]}' } }, /^r\.json: it is of the stack "prod"/],
])("%s is refused", (_, files, message) => expect(() => of(files)).toThrow(message));
