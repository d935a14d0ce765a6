/** What a program sends from this machine is read: alone, in a folder, in a zip and in a tar. What cannot be read is «cannot tell», with its name. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { partsOf, textOfAsset } from "../../../policies/core/assets";
import type { Asset } from "../../../policies/core/types";
import type { Finding, Value } from "../../../policies/core/types";
import { openArchive, openFile } from "../../../policies/graph/local/open";
import { loadResource } from "../../../policies/graph/load-resource";
import { makeGraph } from "../../../policies/core/graph";
import { SIGNATURE, SIGNATURES } from "../../../policies/graph/wire";
import { policy as envFileMode } from "../../../policies/rules/host-setup/env-file-mode";
import { policy as readable } from "../../../policies/rules/host-setup/host-setup-readable";
import { policy as inAsset } from "../../../policies/rules/secrets/secret-in-asset";
import { policy as inUnit } from "../../../policies/rules/secrets/secret-in-unit";
import { program, settings } from "../host-setup/program";
import { lacking, unless } from "../../needs";
import { envText, fakes } from "./fakes";

let root = "";
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "local-files-"))));
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | Buffer>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return join(root, "kit");
}

interface Packed {
  readonly name: string;
  readonly text: string;
  readonly flags?: number;
  readonly mode?: number;
  readonly claimed?: number;
}

function zip(entries: readonly Packed[]): Buffer {
  const bodies: Buffer[] = [];
  const central: Buffer[] = [];
  for (const { name, text, flags = 0, mode = 0o100644, claimed } of entries) {
    const data = deflateRawSync(text);
    const common = Buffer.alloc(26);
    [20, flags, 8, 0, 0].forEach((value, index) => common.writeUInt16LE(value, 2 * index));
    [crc32(text), data.length, claimed ?? Buffer.byteLength(text)].forEach((value, index) => common.writeUInt32LE(value, 10 + 4 * index));
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt16LE(mode, 8);
    rest.writeUInt32LE(
      bodies.reduce((sum, part) => sum + part.length, 0),
      10,
    );
    bodies.push(Buffer.from("PK\x03\x04"), common, Buffer.from(name), data);
    central.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, rest, Buffer.from(name));
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(Buffer.concat(bodies).length, 16);
  return Buffer.concat([...bodies, directory, end]);
}

const asset = (path: string): object => ({ [SIGNATURE]: SIGNATURES.asset, path });
const archive = (path: string): object => ({ [SIGNATURE]: SIGNATURES.archive, path });
async function found(inputs: object, policy = inAsset, type = "aws:s3/bucketObjectv2:BucketObjectv2"): Promise<Finding[]> {
  const json = { urn: `urn:pulumi:d::p::${type}::x`, type, custom: true };
  const resource = loadResource({ ...json, inputs, outputs: {} }, "x");
  return policy.evaluate(makeGraph([resource], true), settings);
}

const SECRET = `curl -H "Authorization: Bearer ${fakes.github}" https://example.com\n`;

test("a secret in a sent file is a finding, with the file; a plain script and a binary are none", async () => {
  write({ "run.sh": SECRET, "ok.sh": "echo hello\n", model: Buffer.from([0, 1, 2]) });
  const [finding, ...rest] = await found({ source: asset(join(root, "run.sh")) });
  expect(rest).toEqual([]);
  expect(finding?.verdict).toBe("violation");
  expect(finding?.message).toContain(`source (the file ${join(root, "run.sh")})`);
  expect(finding?.message).not.toContain(fakes.github);
  for (const name of ["ok.sh", "model", "missing"]) expect(await found({ source: asset(join(root, name)) })).toEqual([]);
});

const FORMS: Record<string, () => string> = {
  folder: () => join(root, "kit"),
  "folder with a slash": () => `${join(root, "kit")}/`,
  tar: () => tarred("kit.tar", "-cf"),
  tgz: () => tarred("kit.tgz", "-czf"),
  "tar.gz in PAX form": () => tarred("kit.tar.gz", "--format=pax", "-czf"),
  zip: () => {
    writeFileSync(
      join(root, "kit.zip"),
      zip([
        { name: "bin/run.sh", text: SECRET },
        { name: `deep/${"x".repeat(120)}/app.service`, text: UNIT },
        { name: "a.txt", text: "" },
      ]),
    );
    return join(root, "kit.zip");
  },
};
const UNIT = `[Service]\nEnvironment=DB_PASSWORD=${fakes.password}\n`;
function tarred(name: string, ...options: string[]): string {
  execFileSync("tar", ["-C", join(root, "kit"), ...options.slice(0, -1), options.at(-1) ?? "", join(root, name), "."]);
  return join(root, name);
}

const withProgram = unless(lacking("tar") ?? lacking("mkfifo"));
const byNode = /^(folder|zip)/;
test.each(Object.keys(FORMS).filter((form) => byNode.test(form)))("%s: what is inside is read, with its name", isRead);
withProgram.each(Object.keys(FORMS).filter((form) => !byNode.test(form)))("%s: what is inside is read, with its name", isRead);

async function isRead(form: string): Promise<void> {
  write({ "kit/bin/run.sh": SECRET, [`kit/deep/${"x".repeat(120)}/app.service`]: UNIT, "kit/a.txt": "" });
  const path = FORMS[form]?.() ?? "";
  expect(partsOf(openArchive(path)).map((part) => [part.path, textOfAsset(part.asset)])).toEqual(
    expect.arrayContaining([
      ["bin/run.sh", SECRET],
      [`deep/${"x".repeat(120)}/app.service`, UNIT],
      ["a.txt", ""],
    ]),
  );
  const findings = await found({ source: archive(path) });
  expect(findings.map(({ verdict }) => verdict)).toEqual(["violation", "violation"]);
  expect(findings.map(({ message }) => message).join()).toContain('source["bin/run.sh"]');
  expect(await found({ source: archive(path) }, inUnit)).toHaveLength(1);
}

withProgram(
  "a link out of the folder and a pipe are not followed and named; a link inside is read; a link to a folder is left out, as Pulumi does",
  async () => {
    write({ "outside.sh": SECRET, "kit/in.sh": "echo\n", "kit/sub/x": "" });
    symlinkSync("../outside.sh", join(root, "kit/out.sh"));
    symlinkSync("in.sh", join(root, "kit/again.sh"));
    symlinkSync("sub", join(root, "kit/more"));
    symlinkSync(".", join(root, "kit/loop"));
    execFileSync("mkfifo", [join(root, "kit/pipe")]);
    const parts = partsOf(openArchive(join(root, "kit")));
    expect(parts.map(({ path }) => path).sort()).toEqual(["again.sh", "in.sh", "out.sh", "pipe", "sub/x"]);
    const findings = await found({ source: archive(join(root, "kit")) });
    expect(findings.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown"]);
    const text = findings.map(({ message }) => message).join("\n");
    expect(text).toContain(`${join(root, "kit/out.sh")}, which is a link out of the folder`);
    expect(text).toContain(`${join(root, "kit/pipe")}, which is no regular file`);
    expect(openFile(join(root, "kit/pipe")).opened).toBeUndefined();
  },
);

test.each<[string, string, () => Buffer | string, string]>([
  ["a zip that is cut off", "x.zip", () => zip([{ name: "a", text: "b" }]).subarray(0, -10), "no complete zip"],
  ["an encrypted entry", "x.zip", () => zip([{ name: "a", text: "b", flags: 1 }]), "is encrypted"],
  ["an entry that unpacks to more than it says", "x.zip", () => zip([{ name: "a", text: "b".repeat(99_999), claimed: 5 }]), "is broken"],
  ["a link in a zip", "x.zip", () => zip([{ name: "a", text: "/etc/shadow", mode: 0o120777 }]), "is a link inside a zip"],
  ["a tar of text", "x.tar", () => "no tar".repeat(200), "no complete tar"],
  ["a gzip that is none", "x.tgz", () => "no gzip", "no complete gzip"],
  ["an empty zip file", "x.zip", () => "", "no complete zip"],
])("%s is «cannot tell»", async (_, name, content, why) => {
  write({ [name]: content() });
  const findings = await found({ source: archive(join(root, name)) });
  expect(findings.map(({ verdict }) => verdict)).toEqual(["unknown"]);
  expect(findings[0]?.message).toContain(why);
  expect(findings[0]?.message).toContain(join(root, name));
  expect(findings[0]?.message).toContain("AssetArchive");
  // CopyToRemote takes paths alone.
  const copied = await found({ source: archive(join(root, name)) }, inAsset, "command:remote:CopyToRemote");
  expect(copied[0]?.message).toContain("a FileAsset of each or a FileArchive of their folder");
});

test("a folder of very many files is read up to a bound, and the rest is «cannot tell»", async () => {
  write(Object.fromEntries(Array.from({ length: 5100 }, (_, index) => [`kit/${String(index)}`, ""])));
  const findings = await found({ source: archive(join(root, "kit")) });
  expect(findings.map(({ message }) => message).join()).toContain("holds more than 5000 entries");
});

test("a path that no file can have is one that is not there", () => {
  for (const path of ["a\0b", "x".repeat(5000), join(root, "run.sh/below"), ""]) {
    expect(openFile(path).opened).toBeUndefined();
    if (path !== "") expect(openArchive(path).members).toBeUndefined();
  }
});

test("a file of another content than the state was made with is not read", () => {
  write({ "run.sh": SECRET });
  expect(openFile(join(root, "run.sh"), "0".repeat(64)).opened).toBeUndefined();
  expect(openFile(join(root, "run.sh")).opened?.text).toBe(SECRET);
});

const SETUP = { create: "set -eu\numask 077\nsudo install -m 600 -o ddos -g ddos /dev/stdin /home/ddos/app/.env", stdin: envText };
const brought = (source: Value): { type: string; inputs: Record<string, Value> } => ({
  type: "command:remote:CopyToRemote",
  inputs: { source, remotePath: "/home/ubuntu" },
});

test.each<[string, () => Asset, string]>([
  ["a folder lies under its own name", () => openArchive(join(root, "kit")), "/home/ubuntu/kit/bin/late.sh"],
  ["with a slash at its end its content lies in the target", () => openArchive(`${join(root, "kit")}/`), "/home/ubuntu/bin/late.sh"],
])("a script that is sent is followed when it is run: %s", async (_, open, path) => {
  write({ "kit/bin/late.sh": "#!/bin/sh\nsudo chmod 644 /home/ddos/app/.env\n" });
  const graph = program([SETUP, brought(open()), `sudo sh ${path}`]);
  expect((await envFileMode.evaluate(graph, settings)).map(({ verdict }) => verdict)).toEqual(["violation"]);
  expect(await readable.evaluate(graph, settings)).toEqual([]);
});

test("a zip is sent as the file that it is: what a script unpacks from it is «cannot tell»", async () => {
  write({ "kit.zip": zip([{ name: "late.sh", text: "true\n" }]) });
  const graph = program([SETUP, brought(openArchive(join(root, "kit.zip"))), "cd /home/ubuntu && unzip kit.zip && sudo sh late.sh"]);
  expect((await readable.evaluate(graph, settings)).map(({ verdict }) => verdict)).toContain("unknown");
});

test("what is copied to the place of a secret file is one, under whatever name it lies here", async () => {
  const copied = async (inputs: object): Promise<string[]> =>
    (await found(inputs, inAsset, "command:remote:CopyToRemote")).map(({ message }) => message);
  const source = asset("./settings/production.conf");
  expect(await copied({ source, remotePath: "/home/ddos/app/.env" })).toEqual([
    expect.stringContaining("copies ./settings/production.conf to the secret file /home/ddos/app/.env"),
  ]);
  expect(await copied({ localPath: "build/key.out", remotePath: "/etc/ssl/private/site.key" })).toHaveLength(1);
  expect(await copied({ source, remotePath: "/etc/app/production.conf" })).toEqual([]);
  expect(await copied({ source: asset("tls/site.crt"), remotePath: "/etc/ssl/site.pem" })).toEqual([]);
});
