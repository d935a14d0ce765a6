import { fingerprint, publicKeyOf } from "../../../infra/config/ssh-key";
import { unwrapSecrets, type GraphResource, type Provider, type RunResult } from "../../../infra/offline/engine";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { byName, evaluateDev } from "../evaluate";
import { judged } from "../judged";

jest.setTimeout(60_000);

const COMMAND = "command:remote:Command";
const [OLD, NEW] = [placeholderKey(), placeholderKey()];
const ROTATION = { sshPrivateKey: NEW, sshPreviousPrivateKey: OLD };
const ROLES = ["gateway", "backend"] as const;

/** A stack whose hosts were launched with the key pair `launched`; the current one is "pair-now". */
function deployed(launched: Readonly<Record<string, string>>): Provider {
  return {
    ...previewProvider("us-east-1"),
    create: ({ name, type, wire }) => {
      const instance =
        type === "aws:ec2/instance:Instance"
          ? {
              publicIp: name === "gateway-instance" ? "203.0.113.10" : "",
              privateIp: name === "gateway-instance" ? "10.0.1.10" : "10.0.101.10",
              keyName: launched[name],
            }
          : {};
      const pair = type === "aws:ec2/keyPair:KeyPair" ? { keyName: "pair-now" } : {};
      const stdout = type.startsWith("command:") ? { stdout: "ssh-ed25519 AAAA" } : {};
      return Promise.resolve({ id: `${name}-id`, outputs: { ...wire, ...instance, ...pair, ...stdout } });
    },
  };
}

interface Shown {
  readonly connection: { readonly privateKey: string; readonly proxy?: { readonly privateKey: string } };
  readonly stdin: string;
  readonly triggers?: readonly string[];
}
const inputs = (result: RunResult, name: string): Shown => unwrapSecrets(byName(result, COMMAND, name).inputs) as Shown;
const names = (result: RunResult): string[] => result.resources.map((resource) => resource.name);
const waitsFor = (resource: GraphResource): string[] => resource.dependencies.map((urn) => urn.split("::").pop() ?? "");

describe("while the key is rotated", () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await evaluateDev(ROTATION, deployed({ "gateway-instance": "pair-before", "backend-instance": "pair-before" }), true);
  });

  test("the key pair is the new key's, and every step logs in with it", () => {
    expect(byName(result, "aws:ec2/keyPair:KeyPair", "ssh-key").inputs.publicKey).toBe(publicKeyOf(NEW));
    for (const resource of result.resources.filter((one) => one.type === COMMAND && !one.name.endsWith("-ssh-key"))) {
      const { connection } = unwrapSecrets(resource.inputs) as Shown;
      expect([resource.name, connection.privateKey]).toEqual([resource.name, NEW]);
      expect([NEW, undefined]).toContain(connection.proxy?.privateKey);
    }
  });

  test.each(ROLES)("%s: the old key lets the new one in, through a bastion that knows it already", (role) => {
    const { connection, stdin, triggers } = inputs(result, `${role}-ssh-key`);
    expect(connection.privateKey).toBe(OLD);
    expect(connection.proxy?.privateKey).toBe(role === "backend" ? NEW : undefined);
    expect(stdin).toBe(`authorizedKey=${publicKeyOf(NEW)}\n===\n`);
    expect(triggers).toEqual([`${role}-instance-id`, publicKeyOf(NEW)]);
  });

  test.each(ROLES)("%s: once the old key is gone, its Command does not run again", (role) => {
    expect(byName(result, COMMAND, `${role}-ssh-key`).options.ignoreChanges).toEqual(["connection"]);
  });

  test.each(ROLES)("%s: the new key then removes the old one", (role) => {
    const revoke = byName(result, COMMAND, `${role}-ssh-key-revoke`);
    expect(inputs(result, revoke.name).stdin).toBe(`authorizedKey=${publicKeyOf(NEW)}\nrevokedKey=${publicKeyOf(OLD)}\n===\n`);
    expect(waitsFor(revoke)).toContain(`${role}-ssh-key`);
    expect(revoke.inputs).not.toHaveProperty("delete");
  });

  test("nothing logs in with the new key before the host knows it", () => {
    const first = { gateway: "gateway-ssh-key", backend: "backend-ssh-key" };
    for (const role of ROLES) {
      const steps = result.resources.filter(
        (one) => one.type === COMMAND && new RegExp(`^${role}-(prepare|code|env|models|release|verify)$`).test(one.name),
      );
      expect(steps.length).toBeGreaterThanOrEqual(5);
      for (const step of steps) {
        const carrier = `${role}-scripts`;
        expect([step.name, waitsFor(step)]).toEqual([step.name, expect.arrayContaining([step.name === carrier ? first[role] : carrier])]);
      }
    }
    expect(waitsFor(byName(result, COMMAND, "backend-host-key"))).toContain("gateway-ssh-key");
    expect(waitsFor(byName(result, COMMAND, "backend-ssh-key"))).toContain("gateway-ssh-key");
  });

  test("the outputs say which key opens the hosts, and not before both are done", () => {
    const stack = result.resources.find((resource) => resource.type === "pulumi:pulumi:Stack");
    expect(stack?.outputs.sshKey).toBe(fingerprint(publicKeyOf(NEW)));
  });
});

test("a host that was launched with the new key is never asked with the old one", async () => {
  const result = await evaluateDev(ROTATION, deployed({ "gateway-instance": "pair-before", "backend-instance": "pair-now" }), true);
  expect(inputs(result, "gateway-ssh-key").connection.privateKey).toBe(OLD);
  expect(inputs(result, "backend-ssh-key").connection.privateKey).toBe(NEW);
});

test("without a previous key there is nothing of it", async () => {
  const result = await evaluateDev({ sshPrivateKey: NEW });
  expect(names(result).filter((name) => /ssh-key/.test(name))).toEqual(["ssh-key"]);
});

describe("the policy pack finds nothing to say", () => {
  test.each<[string, Provider]>([
    ["at a first preview", previewProvider("us-east-1")],
    ["with hosts that are there", deployed({ "gateway-instance": "pair-before", "backend-instance": "pair-before" })],
  ])("%s", async (_title, provider) => {
    const { outcomes } = await judged(await evaluateDev(ROTATION, provider, true), "2026-01-01");
    expect(outcomes.filter((outcome) => outcome.verdict !== "pass").map((outcome) => `${outcome.policy}: ${outcome.message}`)).toEqual([]);
  });
});
