import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Graph } from "../../../policies/core/types";
import { readRepository, repositoryPolicies } from "../../../policies/rules/secrets/repository";
import { repositoryGraph } from "../../../policies/rules/secrets/repository/graph";
import { isIgnored } from "../../../policies/rules/secrets/repository/ignore";
import { lacking, unless } from "../../needs";
import { envText, fakes } from "./fakes";

async function findingsOf(graph: Graph): Promise<string[]> {
  const found = await Promise.all(
    repositoryPolicies.map(async (policy) => (await policy.evaluate(graph, DEFAULT_SETTINGS)).map(({ urn }) => `${policy.id} ${urn}`)),
  );
  return found.flat();
}
const IGNORE = { path: ".gitignore", text: "node_modules/\n.env\n" };
const repository = (...files: { path: string; text: string | undefined }[]): Promise<string[]> =>
  findingsOf(repositoryGraph([IGNORE, ...files]));
const stack = (config: string): Promise<string[]> =>
  repository({ path: "Pulumi.prod.yaml", text: `encryptionsalt: v1:abc=:v1:def\nconfig:\n${config}` });

describe("what stands in git", () => {
  test.each([
    ["plain under a secret name", `  app:secretKey: ${fakes.password}\n`],
    ["plain, a known format", `  app:deploy: ${fakes.github}\n`],
    ["plain, nested", `  app:env:\n    DATABASE_URL: ${fakes.databaseUrl}\n    LOG_LEVEL: info\n`],
    ["plain, in a list", `  app:keys:\n    - ${fakes.openai}\n`],
    [
      "plain beside an encrypted one",
      `  app:a:\n    secure: v1:AAAA\n  app:db:\n    password: ${fakes.password}\n    token:\n      secure: v1:BBBB\n`,
    ],
  ])("G05: a stack file with a secret %s", async (_how, config) => {
    expect(await stack(config)).toContain("repository-stack-config Pulumi.prod.yaml");
  });

  test("G05: encrypted and harmless values are left alone", async () => {
    expect(
      await stack(
        "  app:secretKey:\n    secure: v1:AAAAAAAAAAAAAAAA:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n  aws:region: us-east-1\n  app:secretArn: arn:aws:secretsmanager:us-east-1:123456789012:secret:x\n  app:keyName: ddos\n  app:sshKeyFile: ~/.ssh/id_ed25519\n",
      ),
    ).toEqual([]);
  });

  test("G02: a default of the project file", async () => {
    expect(
      await repository({ path: "Pulumi.yaml", text: `name: x\nconfig:\n  x:apiKey:\n    type: string\n    default: ${fakes.password}\n` }),
    ).toEqual(["repository-stack-config Pulumi.yaml"]);
    expect(await repository({ path: "Pulumi.yaml", text: "name: x\nconfig:\n  x:apiKey:\n    type: string\n    secret: true\n" })).toEqual(
      [],
    );
  });

  test("G02: a default in code, with its line", async () => {
    const graph = repositoryGraph([
      IGNORE,
      { path: "infra/config.ts", text: `// one\nexport const key = process.env.KEY ?? "${fakes.stripe}";\n` },
    ]);
    const [finding] = await (repositoryPolicies.find(({ id }) => id === "repository-secret-text")?.evaluate(graph, DEFAULT_SETTINGS) ?? []);
    expect(finding?.message).toMatch(/^infra\/config\.ts:2 holds a Stripe key/);
    expect(finding?.message).not.toContain(fakes.stripe.slice(0, 12));
  });

  test("keys that documentation shows are left alone", async () => {
    expect(
      await repository({
        path: "README.md",
        text: `aws configure: ${fakes.awsDocumentationKey}, sk-proj-xxxxxxxxxxxxxxxxxxxx, ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`,
      }),
    ).toEqual([]);
  });

  test("G06: .gitignore does not name .env, or is missing", async () => {
    expect(await findingsOf(repositoryGraph([{ path: ".gitignore", text: "node_modules/\n# .env\n" }]))).toEqual([
      "repository-ignores-env .gitignore",
    ]);
    expect(await findingsOf(repositoryGraph([]))).toEqual(["repository-ignores-env .gitignore"]);
  });

  test.each([
    ".env",
    "app/.env",
    "deploy/.env.production",
    "keys/id_ed25519",
    "prod.tfvars",
    "terraform.tfstate",
    ".pulumi/stacks/dev.json",
    "dev.stack-export.json",
  ])("G07: %s committed", async (path) => {
    expect(await repository({ path, text: envText })).toContain(`repository-secret-files ${path}`);
  });
  test("G07: a private key, whatever the file is called", async () => {
    const text = `${fakes.privateKey.split("\n")[0] ?? ""}\n${"b3BlbnNzaC1rZXktdjEx9Qz7LmN4pRsT2vWy".repeat(4)}\n`;
    expect(await repository({ path: "docs/bastion.txt", text })).toEqual(["repository-secret-text docs/bastion.txt"]);
    expect(await repository({ path: "deploy.pem", text })).toContain("repository-secret-files deploy.pem");
  });
  test.each([
    [".env.example", "SECRET_KEY=\n"],
    ["certs/ca.pem", "-----BEGIN CERTIFICATE-----\nMIID\n"],
    ["site.key", "not a key\n"],
    ["secrets.yaml", "db: ENC[AES256_GCM,data:x]\nsops:\n  version: 3\n"],
    ["test/golden/masked.env", "SECRET_KEY=[secret]\n"],
  ])("%s may be committed", async (path, text) => {
    expect(await repository({ path, text })).toEqual([]);
  });

  test("a directory that is no git repository is read as it is", async () => {
    const directory = mkdtempSync(join(tmpdir(), "repository-"));
    try {
      writeFileSync(join(directory, ".env"), envText);
      expect(await findingsOf(readRepository(directory))).toEqual(["repository-secret-files .env", "repository-ignores-env .gitignore"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

const PATTERNS: [string, boolean][] = [
  [".env", true],
  ["*.env", true],
  [".env*", true],
  ["/.env", true],
  ["**/.env", true],
  [".*", true],
  ["*", true],
  [".env # comment", false],
  [".env.*", false],
  ["env", false],
  ["app/.env", false],
  [".env/", false],
  [".env\n!.env", false],
  [".*\n!.env.example", true],
  ["*\n!*.ts", true],
  [".ENV", false],
  ["\\.env", true],
  [".e[mn]v", true],
  [".e[!n]v", false],
  [".en?", true],
  [".env ", true],
  [".env\r\n", true],
  ["\\#.env", false],
  ["/*\n!/app", true],
];
test.each(PATTERNS)("the pattern %j ignores .env: %s", (text, expected) => {
  expect(isIgnored(text, ".env")).toBe(expected);
});

unless(lacking("git"))("git itself says the same of each pattern", () => {
  const directory = mkdtempSync(join(tmpdir(), "repository-"));
  try {
    execFileSync("git", ["init", "-q", directory]);
    const said = PATTERNS.map(([text]): [string, boolean] => {
      writeFileSync(join(directory, ".gitignore"), text);
      return [text, spawnSync("git", ["-C", directory, "check-ignore", "-q", ".env"]).status === 0];
    });
    expect(said).toEqual(PATTERNS);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
