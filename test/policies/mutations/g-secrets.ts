/** Area G, and where secrets end up in areas F and D: state, scripts, inputs, assets, outputs. */
import type { Handle, Program } from "../core/builder";
import { computed, fileAsset, secret, archive, stringAsset } from "../core/builder";
import { envText, fakes } from "../secrets/fakes";
import type { Mutation } from "./frame";

const REMOTE = "command:remote:Command";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";

/** A connection as the provider's SDK registers it (marked as a whole), or with parts in plain. */
const connection = (p: Program, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  host: p.find("aws:ec2/instance:Instance", /backend/).out("privateIp"),
  user: "ubuntu",
  hostKey: KEY,
  privateKey: secret(fakes.privateKey),
  proxy: {
    host: p.find("aws:ec2/instance:Instance", /gateway/).out("publicIp"),
    user: "ubuntu",
    hostKey: KEY,
    privateKey: secret(fakes.privateKey),
  },
  ...more,
});

const QUIET = { logging: "none" };
/** One more step for the backend, whose script is harmless unless it is given. */
function step(p: Program, inputs: Record<string, unknown>, options: Parameters<Program["add"]>[3] = {}): void {
  p.add(REMOTE, "extra", { connection: secret(connection(p)), create: "true", ...QUIET, ...inputs }, options);
}
const copied = (p: Program, source: unknown, remotePath = "/tmp/extra"): void =>
  void p.add("command:remote:CopyToRemote", "extra", { connection: secret(connection(p)), source, remotePath });
function output(p: Program, name: string, value: unknown): void {
  const stack = p.find("pulumi:pulumi:Stack");
  p.set(stack, { [name]: value });
}
const HIDDEN = { options: { additionalSecretOutputs: ["stdout", "stderr"] } };

const scripts: Mutation[] = [
  {
    id: "F05",
    title: ".env text inline in the create script",
    expect: "secret-in-script",
    apply: (p) => step(p, { create: `umask 077\ncat > /tmp/x <<'E'\n${envText}\nE\n` }),
  },
  {
    id: "F05-echo",
    title: "one key by echo, in the update script",
    expect: "secret-in-script",
    apply: (p) => step(p, { update: `echo SECRET_KEY=${fakes.password} | sudo tee -a /tmp/x >/dev/null` }),
  },
  {
    id: "F05-clone",
    title: "git clone with a password",
    expect: "secret-in-script",
    apply: (p) => step(p, { create: `git clone ${fakes.cloneUrl} /tmp/app` }),
  },
  {
    id: "F05-base64",
    title: ".env in base64 in the script",
    expect: "secret-in-script",
    apply: (p) => step(p, { create: `echo ${Buffer.from(envText).toString("base64")} | base64 -d > /tmp/x` }),
  },
  {
    id: "F05-local",
    title: "in a local command",
    expect: "secret-in-script",
    apply: (p) =>
      void p.add("command:local:Command", "extra", { create: `curl -H "Authorization: Bearer ${fakes.jwt}" https://example.org/` }),
  },
  {
    id: "F05-marked",
    title: "in a script marked as secret: it is printed when it fails",
    expect: "secret-in-script",
    apply: (p) => step(p, { create: secret(`export SECRET_KEY=${fakes.password}`) }),
  },
  {
    id: "F05-carried",
    title: "a key in a script that another Command brings",
    expect: "command-stdin-secret",
    apply: (p) => {
      const scripts = p.find(REMOTE, "backend-scripts");
      const text = p.inputs(scripts).stdin as string;
      p.set(scripts, { stdin: text.replace("\nread_wanted\n", `\nexport SECRET_KEY=${fakes.password}\nread_wanted\n`) });
    },
  },
  {
    id: "F05-Z",
    title: "a script with digests, variables and placeholders",
    expect: [],
    apply: (p) =>
      step(p, {
        create:
          "set -eu\necho '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  /etc/hosts' > /tmp/sums\nSECRET_KEY=${SECRET_KEY:?}\n: # API_KEY=<your key>\n",
      }),
  },
  { id: "F06", title: "secret in triggers", expect: "secret-in-triggers", apply: (p) => step(p, { triggers: [envText] }) },
  {
    id: "F06-object",
    title: "secret in an object in triggers",
    expect: "secret-in-triggers",
    apply: (p) => step(p, { triggers: [1, { secretKey: fakes.password }] }),
  },
  {
    id: "F06-Z",
    title: "digest and instance id in triggers",
    expect: [],
    apply: (p) =>
      step(p, {
        triggers: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", p.find("aws:ec2/instance:Instance", /backend/).id],
      }),
  },
  {
    id: "F07",
    title: "connection.privateKey as a plain literal",
    expect: "connection-credentials-marked",
    apply: (p) => step(p, { connection: connection(p, { privateKey: fakes.privateKey }) }),
  },
  {
    id: "F07-proxy",
    title: "the bastion's key in plain",
    expect: "connection-credentials-marked",
    apply: (p) =>
      step(p, {
        connection: connection(p, {
          proxy: {
            host: p.find("aws:ec2/instance:Instance", /gateway/).out("publicIp"),
            user: "ubuntu",
            hostKey: KEY,
            privateKey: fakes.privateKey,
          },
        }),
      }),
  },
  {
    id: "F30",
    title: "connection.privateKey from config.require",
    expect: "connection-credentials-marked",
    apply: (p) =>
      p.set(p.findAll(REMOTE)[0] as Handle, {
        connection: connection(p, { privateKey: fakes.privateKey, privateKeyPassword: fakes.password }),
      }),
  },
  { id: "F07-Z", title: "the parts marked one by one", expect: [], apply: (p) => step(p, { connection: connection(p) }) },
  {
    id: "F29",
    title: "connection.password used",
    expect: "connection-without-password",
    apply: (p) => step(p, { connection: secret(connection(p, { privateKey: undefined, password: fakes.password })) }),
  },
  {
    id: "F29-marked",
    title: "password marked as secret",
    expect: "connection-without-password",
    apply: (p) => step(p, { connection: connection(p, { password: secret(fakes.password) }) }),
  },
  {
    id: "F17",
    title: "unit with Environment=OPENAI_API_KEY",
    expect: "secret-in-unit",
    apply: (p) =>
      step(p, {
        create: `sudo tee /etc/systemd/system/x.service >/dev/null <<'E'\n[Service]\nEnvironment=OPENAI_API_KEY=${fakes.openai}\nE\n`,
      }),
  },
  {
    id: "F17-stdin",
    title: "the unit by secret stdin",
    expect: "secret-in-unit",
    apply: (p) =>
      step(p, {
        create: "sudo tee /etc/systemd/system/x.service >/dev/null",
        stdin: secret(`[Service]\nEnvironment="LOG=1" "SECRET_KEY=${fakes.password}"\n`),
      }),
  },
  {
    id: "F17-variable",
    title: "the unit from a shell variable",
    expect: "secret-in-unit",
    apply: (p) =>
      step(p, {
        create:
          "read -r SECRET_KEY\nprintf 'x' >/dev/null\nsudo tee /etc/systemd/system/x.service >/dev/null <<E\n[Service]\nEnvironment=SECRET_KEY=$SECRET_KEY\nE\n",
      }),
  },
  {
    id: "F17-url",
    title: "the unit with a database URL",
    expect: "secret-in-unit",
    apply: (p) => copied(p, stringAsset(`[Service]\nEnvironment=DATABASE_URL=${fakes.databaseUrl}\n`)),
  },
  {
    id: "F17-Z",
    title: "a unit with EnvironmentFile and harmless variables",
    expect: [],
    apply: (p) =>
      step(p, {
        create:
          "sudo tee /etc/systemd/system/x.service >/dev/null <<'E'\n[Service]\nEnvironment=PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false\nEnvironmentFile=/home/ddos/app/.env\nLoadCredential=key:/etc/ddos/key\nE\n",
      }),
  },
  {
    id: "F17-idle",
    title: "a unit that starts nothing takes .env, and a drop-in lets it start something",
    expect: "host-setup-readable",
    verdict: "unknown",
    apply: (p) =>
      step(p, {
        create:
          "sudo tee /etc/systemd/system/x.service >/dev/null <<'E'\n[Service]\nEnvironmentFile=/home/ddos/app/.env\nE\nsudo mkdir -p /etc/systemd/system/x.service.d\nsudo tee /etc/systemd/system/x.service.d/o.conf >/dev/null <<'E'\n[Service]\nExecStart=/usr/bin/env\nE\n",
      }),
  },
  {
    id: "F24",
    title: "environment not wrapped in pulumi.secret",
    expect: "command-environment-secret",
    apply: (p) => step(p, { environment: { SECRET_KEY: fakes.password } }),
  },
  {
    id: "F24-url",
    title: "a database URL in the environment",
    expect: "command-environment-secret",
    apply: (p) => step(p, { environment: { DATABASE_URL: fakes.databaseUrl } }),
  },
  {
    id: "F24-unknown",
    title: "a password from an output, not known yet",
    expect: "command-environment-secret",
    verdict: "unknown",
    knownVerdict: "unknown",
    apply: (p) => step(p, { environment: { DB_PASSWORD: computed() } }),
  },
  {
    id: "F24-Z",
    title: "environment marked, and harmless plain values",
    expect: [],
    apply: (p) =>
      step(p, { environment: { SECRET_KEY: secret(fakes.password), LOG_LEVEL: "info", KEY_FILE: "/etc/ddos/key", BUCKET: "b" } }),
  },
  {
    id: "F25",
    title: "stdin with the .env text not secret",
    expect: "command-stdin-secret",
    apply: (p) => step(p, { create: "cat > /dev/null", stdin: envText }),
  },
  {
    id: "F25-real",
    title: "the real env step's mark taken off",
    expect: "command-stdin-secret",
    apply: (p) => p.set(p.find(REMOTE, /backend-env/), { stdin: `digest=0\n---\n${Buffer.from(envText).toString("base64")}` }),
  },
  {
    id: "F25-unknown",
    title: "unknown, unmarked stdin of a step that writes .env",
    expect: "command-stdin-secret",
    verdict: "unknown",
    knownVerdict: "unknown",
    apply: (p) => p.set(p.find(REMOTE, /backend-env/), { stdin: computed() }),
  },
  { id: "F25-Z", title: "stdin marked", expect: [], apply: (p) => step(p, { create: "cat > /dev/null", stdin: secret(envText) }, HIDDEN) },
  {
    id: "F31",
    title: "stdout echoes the secret, logged",
    expect: "secret-echoed",
    apply: (p) => step(p, { create: "tee /tmp/x", stdin: secret(envText), logging: "stdoutAndStderr" }),
  },
  {
    id: "F31-default",
    title: "set -x with a secret variable, logged by default",
    expect: "secret-echoed",
    apply: (p) => step(p, { create: 'set -x\nread -r KEY\nlogin --stdin <<<"$KEY"', stdin: secret(fakes.password), logging: undefined }),
  },
  {
    id: "F31-state",
    title: "not logged, but kept in plain in the state",
    expect: "secret-echoed",
    apply: (p) => step(p, { create: 'echo "key is $SECRET_KEY"', environment: { SECRET_KEY: secret(fakes.password) } }),
  },
  {
    id: "F31-env-file",
    title: "the last line prints .env",
    expect: "secret-echoed",
    apply: (p) => step(p, { create: "true\nsudo cat /home/ddos/app/.env" }),
  },
  {
    id: "F31-Z",
    title: "the secret goes to a file, nothing is printed",
    expect: [],
    apply: (p) =>
      step(p, { create: "set -eu\numask 077\ntee /run/extra >/dev/null\necho done", stdin: secret(envText), logging: "stdout" }),
  },
  {
    id: "F31-Z-hidden",
    title: "printed, but neither logged nor kept in plain",
    expect: [],
    apply: (p) => step(p, { create: "set -eu\numask 077\ntee /run/extra", stdin: secret(envText) }, HIDDEN),
  },
];

const elsewhere: Mutation[] = [
  { id: "F26", title: "CopyToRemote source FileAsset(.env)", expect: "secret-in-asset", apply: (p) => copied(p, fileAsset("./.env")) },
  { id: "F26-key", title: "a private key file", expect: "secret-in-asset", apply: (p) => copied(p, fileAsset("/home/me/.ssh/id_ed25519")) },
  {
    id: "F26-copyfile",
    title: "CopyFile of .env.production",
    expect: "secret-in-asset",
    apply: (p) =>
      void p.add("command:remote:CopyFile", "extra", {
        connection: secret(connection(p)),
        localPath: "app/.env.production",
        remotePath: "/tmp/extra",
      }),
  },
  {
    id: "F26-bucket",
    title: "an object made of .env",
    expect: "secret-in-asset",
    apply: (p) =>
      void p.add("aws:s3/bucketObjectv2:BucketObjectv2", "env", {
        bucket: p.find("aws:s3/bucket:Bucket").id,
        key: "backups/env",
        source: fileAsset("../.env"),
      }),
  },
  {
    id: "F26-Z",
    title: "an example file, a public key and a certificate",
    expect: [],
    apply: (p) => {
      copied(p, fileAsset(".env.example"));
      for (const file of ["keys/id_ed25519.pub", "certs/fullchain.pem"])
        p.add("command:remote:CopyToRemote", file, {
          connection: secret(connection(p)),
          source: fileAsset(file),
          remotePath: "/tmp/extra",
        });
    },
  },
  {
    id: "F27",
    title: "CopyToRemote source StringAsset(envText)",
    expect: "secret-in-asset",
    apply: (p) => copied(p, stringAsset(envText)),
  },
  {
    id: "F27-archive",
    title: "the text in an archive inside an archive",
    expect: "secret-in-asset",
    apply: (p) => copied(p, archive({ "readme.md": stringAsset("# read me\n"), inner: archive({ settings: stringAsset(envText) }) })),
  },
  {
    id: "F27-archive-file",
    title: "a part of an archive that is called .env",
    expect: "secret-in-asset",
    apply: (p) => copied(p, archive({ "app/.env": fileAsset("settings") })),
  },
  {
    id: "F27-archive-unit",
    title: "a unit in an archive",
    expect: "secret-in-unit",
    apply: (p) => copied(p, archive({ "x.service": stringAsset(`[Service]\nEnvironment=DATABASE_URL=${fakes.databaseUrl}\n`) })),
  },
  {
    id: "F27-archive-Z",
    title: "an archive of a site file",
    expect: [],
    apply: (p) => copied(p, archive({ "site.conf": stringAsset("server { listen 9000; }\n") })),
  },
  { id: "F27-Z", title: "StringAsset of a site file", expect: [], apply: (p) => copied(p, stringAsset("server { listen 9000; }\n")) },
  {
    id: "G01",
    title: "secret as a plain stack output",
    expect: "secret-in-stack-output",
    apply: (p) => output(p, "secretKey", fakes.password),
  },
  {
    id: "G01-format",
    title: "an innocent name, a token",
    expect: "secret-in-stack-output",
    apply: (p) => output(p, "info", { deploy: [fakes.github] }),
  },
  { id: "G01-url", title: "the database URL", expect: "secret-in-stack-output", apply: (p) => output(p, "database", fakes.databaseUrl) },
  {
    id: "G01-Z",
    title: "marked, and harmless outputs",
    expect: [],
    apply: (p) => {
      output(p, "secretKey", secret(fakes.password));
      output(p, "hostKey", KEY);
      output(p, "ssh", "ssh -i ~/.ssh/id_ed25519 ubuntu@203.0.113.9");
      output(p, "secretArn", "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-abcdef");
    },
  },
  {
    id: "G02",
    title: "a key from a variable's default, as an argument",
    expect: "plain-secret-in-state",
    apply: (p) => void p.add("aws:rds/instance:Instance", "db", { username: "ddos", password: fakes.password }),
  },
  {
    id: "G02-lambda",
    title: "in a function's environment",
    expect: "secret-in-environment",
    apply: (p) => void p.add("aws:lambda/function:Function", "f", { role: "r", environment: { variables: { API_KEY: fakes.password } } }),
  },
  {
    id: "G02-ecs",
    title: "in container definitions",
    expect: "secret-in-environment",
    apply: (p) =>
      void p.add("aws:ecs/taskDefinition:TaskDefinition", "t", {
        family: "x",
        containerDefinitions: JSON.stringify([{ name: "app", environment: [{ name: "DB_PASSWORD", value: fakes.password }] }]),
      }),
  },
  {
    id: "G02-provider",
    title: "in an explicit provider's arguments",
    expect: "secret-in-provider",
    apply: (p) =>
      void p.add("pulumi:providers:aws", "explicit", { region: "us-east-1", accessKey: fakes.awsKey, secretKey: fakes.awsSecret }),
  },
  {
    id: "G02-secrets-manager",
    title: "plain text into Secrets Manager",
    expect: "plain-secret-in-state",
    apply: (p) =>
      void p.add("aws:secretsmanager/secretVersion:SecretVersion", "v", {
        secretId: "s",
        secretString: JSON.stringify({ password: fakes.password }),
      }),
  },
  {
    id: "G02-content",
    title: "in an object's content",
    expect: "plain-secret-in-state",
    apply: (p) =>
      void p.add("aws:s3/bucketObjectv2:BucketObjectv2", "env", {
        bucket: p.find("aws:s3/bucket:Bucket").id,
        key: "backups/config",
        content: envText,
      }),
  },
  {
    id: "G02-output",
    title: "a plain output of a resource in the state",
    expect: "plain-secret-in-state",
    apply: (p) => void p.add("random:index/randomPassword:RandomPassword", "pw", { length: 16, result: fakes.jwt }),
  },
  {
    id: "G02-Z",
    title: "the same, marked or by reference",
    expect: [],
    apply: (p) => {
      p.add("aws:rds/instance:Instance", "db", { username: "ddos", password: secret(fakes.password), storageEncrypted: true });
      p.add("aws:lambda/function:Function", "f", {
        role: "r",
        environment: {
          variables: { API_KEY_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-abcdef", TOKEN_TTL: "3600" },
        },
      });
      p.add("aws:ecs/taskDefinition:TaskDefinition", "t", {
        family: "x",
        containerDefinitions: JSON.stringify([
          { name: "app", secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:us-east-1:123456789012:parameter/x" }] },
        ]),
      });
      p.add("pulumi:providers:aws", "explicit", {
        region: "us-east-1",
        profile: "ops",
        accessKey: secret(fakes.awsKey),
        secretKey: secret(fakes.awsSecret),
      });
      p.add("aws:cognito/userPoolClient:UserPoolClient", "c", {
        userPoolId: "p",
        generateSecret: true,
        tokenValidityUnits: { accessToken: "hours", refreshToken: "days" },
      });
    },
  },
  {
    id: "G04",
    title: "tls.PrivateKey in the program",
    expect: "private-key-generated",
    apply: (p) => void p.add("tls:index/privateKey:PrivateKey", "ssh", { algorithm: "ED25519" }),
  },
  {
    id: "G04-Z",
    title: "a key pair of a public key",
    expect: [],
    apply: (p) => void p.add("aws:ec2/keyPair:KeyPair", "more", { publicKey: KEY }),
  },
];

export const mutations: Mutation[] = [...scripts, ...elsewhere];
