/** Which Python an application meets: that of each host that has it. */
import { knownPythons } from "../../../infra/config/examine";

const NOBLE = { os: "ubuntu-24.04" };

test.each<[string, object, string[]]>([
  ["both hosts by default", {}, ["3.10", "3.10"]],
  ["a release of Ubuntu for each", { gateway: NOBLE, backend: {} }, ["3.12", "3.10"]],
  ["the backend's alone behind a proxy", { gateway: { mode: "proxy" }, backend: NOBLE }, ["3.12"]],
  ["an image of one's own may have any", { gateway: { ami: "ami-0123456789abcdef0" }, backend: NOBLE }, ["3.12"]],
  ["what is no release has been reported", { gateway: { os: "plan9" }, backend: {} }, ["3.10"]],
])("%s", (_title, sections, expected) => {
  expect(knownPythons(sections as never).map((version) => version.split(".").slice(0, 2).join("."))).toEqual(expected);
});
