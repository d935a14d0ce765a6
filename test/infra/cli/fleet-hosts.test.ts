/** What verify, releases and repair say of hosts that nobody logs in to. */
import { fleetSays, singleHosts } from "../../../infra/cli/verify-hosts";
import type { StackInputs } from "../../../infra/release/inputs";
import { Problem } from "../../../policies/cli";

type Part = Pick<StackInputs, "config">;
const stack = (gateway: object, mode: string): StackInputs =>
  ({
    config: { project: "p", stack: "prod", region: "eu-west-1", gateway, backend: { mode, count: 1 } },
  }) as unknown as Part as StackInputs;

test("one gateway before a fleet is asked, the fleet is not", () => {
  const inputs = stack({}, "fleet");
  expect(singleHosts(undefined, inputs, "asked")).toEqual(["gateway"]);
  expect(() => singleHosts(["backend"], inputs, "asked")).toThrow(
    /^--host: found backend, and backend\.mode is fleet: its hosts are not asked/,
  );
  expect(fleetSays(inputs.config, "asked")).not.toContain("gateways");
});

test("where both are fleets there is nobody to ask, which is an error and no success, with the commands that tell of both groups", () => {
  const inputs = stack({ fleet: {} }, "fleet");
  for (const named of [undefined, ["gateway"] as const]) {
    const asked = () => singleHosts(named, inputs, "repaired");
    expect(asked).toThrow(Problem);
    expect(asked).toThrow(/^gateway\.fleet: the gateways and the backends of prod are fleets: their hosts are not repaired one by one/);
    expect(asked).toThrow(
      /describe-instance-refreshes --region eu-west-1 --auto-scaling-group-name p-prod-backend;.*group-name p-prod-gateway/,
    );
  }
});

test("two single hosts are both asked", () => {
  expect(singleHosts(undefined, stack({}, "single"), "asked")).toEqual(["gateway", "backend"]);
});
