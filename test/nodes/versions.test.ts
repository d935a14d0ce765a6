import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { ROOT } from "./toolchain";
import { NEXT_SDK_NODE, VERSIONS, versionOf } from "./versions";

interface Package {
  readonly engines?: { readonly node?: string };
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const json = (path: string): Package => JSON.parse(readFileSync(`${ROOT}/${path}`, "utf8")) as Package;
const majors = Object.keys(VERSIONS).map(Number);
const oldest = Math.min(...majors);
const majorOf = (version: string): number => Number(version.split(".")[0]);

describe("the versions of Node that the project runs on", () => {
  test("are the same in both packages, in the types, and in GitHub's matrix", () => {
    for (const path of ["package.json", "policies/package.json"]) expect(json(path).engines).toEqual({ node: `>=${oldest}` });
    expect(majorOf(json("package.json").devDependencies?.["@types/node"] ?? "")).toBe(oldest);
    const workflow = parse(readFileSync(`${ROOT}/.github/workflows/policies.yml`, "utf8")) as {
      jobs: { check: { strategy: { matrix: { node: number[] } } } };
    };
    expect(workflow.jobs.check.strategy.matrix.node).toEqual(majors);
  });

  test.each(majors)("%s is an exact version of that major", (major) => {
    const { node, npm } = versionOf(String(major));
    expect(majorOf(node)).toBe(major);
    expect(`${node} ${npm}`).toMatch(/^\d+\.\d+\.\d+ \d+\.\d+\.\d+$/);
  });

  test.each(["@pulumi/pulumi", "@pulumi/policy", "@pulumi/aws", "@pulumi/command"])("%s, as installed, runs on the oldest", (name) => {
    const { engines } = json(`node_modules/${name}/package.json`);
    const least = /^>=\s*(\d+)/.exec(engines?.node ?? ">=0")?.[1];
    expect(Number(least)).toBeLessThanOrEqual(oldest);
  });

  test("the newest SDK is tried on one of them; another is refused by name", () => {
    expect(versionOf(NEXT_SDK_NODE).node).toMatch(/^22\./);
    expect(() => versionOf("18")).toThrow(`Node "18": the project runs on ${majors.join(", ")}`);
  });
});
