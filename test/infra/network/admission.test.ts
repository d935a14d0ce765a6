import * as pulumi from "@pulumi/pulumi";
import { admission } from "../../../infra/network/admission";
import { runProgram } from "../../../infra/offline/engine";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { readStackFile } from "../../../infra/offline/stack-file";
import { program } from "../../../infra/program";
import { ROOT } from "../evaluate";

describe("admission", () => {
  test.each([
    [["198.51.100.0/24"], "198.51.100.255"],
    [["10.0.0.0/8", "198.51.100.7/32"], "198.51.100.7"],
    [["0.0.0.0/0"], "255.1.2.3"],
  ])("%j admits %s", (blocks, address) => {
    expect(admission("p", blocks, address)).toBeUndefined();
  });

  test("otherwise what is found and what to do stand in one sentence", () => {
    expect(admission("ml-gateway", ["10.0.0.0/8", "198.51.100.0/25"], "198.51.100.200")).toEqual({
      warning:
        "ml-gateway:gateway.sshFrom admits 10.0.0.0/8, 198.51.100.0/25 only, and this machine is seen as 198.51.100.200, so it cannot log in to " +
        `the gateway and "pulumi up" would fail after 90 s; add it (pulumi config set --path 'gateway.sshFrom[2]' 198.51.100.200/32), or run ` +
        "where one of the blocks is",
    });
  });

  test.each(["2001:db8::7", "::ffff:198.51.100.7", "", "<html>", "198.51.100", "0x7f.1", "198.51.100.7/32"])(
    "«%s» says nothing",
    (answer) => {
      expect(admission("p", ["198.51.100.0/24"], answer)).toHaveProperty("unknown");
    },
  );
});

describe("the program", () => {
  const said = { warn: [] as string[], debug: [] as string[] };
  beforeEach(() => {
    for (const level of ["warn", "debug"] as const) {
      said[level] = [];
      jest.spyOn(pulumi.log, level).mockImplementation((...args: unknown[]) => {
        said[level].push(String(args[0]));
        return Promise.resolve();
      });
    }
  });
  afterEach(() => jest.restoreAllMocks());

  async function evaluate(operatorAddress: () => Promise<string>, sshFrom = ["198.18.0.0/16"]): Promise<void> {
    const file = readStackFile(ROOT, "dev", { privateKey: placeholderKey });
    const config = { ...file.config, "ml-gateway:gateway": JSON.stringify({ sshFrom }) };
    const run = async (): Promise<Record<string, unknown>> => ({ ...(await program(ROOT, { operatorAddress })) });
    await runProgram({ ...file, config, preview: true, provider: previewProvider("us-east-1"), program: run });
  }

  test("warns an operator whom no block admits, before anything is created", async () => {
    await evaluate(() => Promise.resolve("198.51.100.7"));
    expect(said.warn).toEqual([
      expect.stringMatching(/gateway\.sshFrom admits 198\.18\.0\.0\/16 only, and this machine is seen as 198\.51\.100\.7/),
    ]);
  });

  test("goes on quietly when the address is admitted, or cannot be learnt", async () => {
    await evaluate(() => Promise.resolve("198.18.3.4"));
    await evaluate(() => Promise.reject(new Error("no network")));
    await evaluate(() => Promise.resolve("2001:db8::7"));
    expect(said.warn).toEqual([]);
    expect(said.debug.filter((line) => line.startsWith("whether gateway.sshFrom admits"))).toEqual([
      "whether gateway.sshFrom admits this machine is not known: no network",
      "whether gateway.sshFrom admits this machine is not known: the answer is 2001:db8::7, an IPv6 address, and gateway.sshFrom has IPv4 blocks",
    ]);
  });

  test("asks nobody while the blocks are those of the documentation", async () => {
    const ask = jest.fn(() => Promise.resolve("198.51.100.7"));
    await evaluate(ask, ["203.0.113.0/24"]);
    expect(ask).not.toHaveBeenCalled();
    expect(said.warn).toEqual([expect.stringMatching(/still names a documentation network/)]);
  });
});
