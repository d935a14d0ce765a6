/** The picture and the generated parts of README.md are what the dev stack makes them; `npm run docs` writes them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { previewFile } from "../../infra/cli/preview-stack";
import { withParts } from "../../infra/cli/readme";
import { docsCommand } from "../../infra/cli/docs";
import { layOut } from "../../infra/picture/layout";
import { pictureOf } from "../../infra/picture/model";
import { description, svg } from "../../infra/picture/svg";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { stackFileFromText } from "../../infra/offline/stack-file";
import schema from "../../models-manifest/schema.json";
import { run } from "../cli/run";
import { SCRIPTS } from "../cli/scripts";
import { ROOT } from "./pages";

jest.setTimeout(120_000);

test("every generated page is current (npm run docs)", async () => {
  const { code, err } = await run(docsCommand, ["--check"]);
  expect(err).toBe("");
  expect(code).toBe(0);
});

test("a part without its markers is an error, and a part is written between them", () => {
  const page = "a\n<!-- x: written by npm run docs -->\nold\n<!-- end of x -->\nb";
  expect(withParts(page, { x: ["new"] })).toBe("a\n<!-- x: written by npm run docs -->\n\nnew\n\n<!-- end of x -->\nb");
  expect(() => withParts("a", { x: ["new"] })).toThrow('README.md: the markers of "x" are missing');
});

describe("the picture", () => {
  const file = readFileSync(join(ROOT, "docs/images/dev.svg"), "utf8");

  test("says who reaches whom by which ports, and reads itself out", () => {
    const said = /<desc id="desc">(.*)<\/desc>/.exec(file)?.[1] ?? "";
    for (const sentence of [
      "clients reaches gateway: ports 80, 443.",
      "operator reaches gateway: port 22.",
      "gateway reaches backend: ports 9000, 22.",
      "backend goes out to model bucket: S3 endpoint.",
      "backend goes out to internet: gateway's NAT.",
    ])
      expect(said).toContain(sentence);
    expect(file).toContain('aria-labelledby="title desc"');
    expect(file).toContain("prefers-color-scheme: dark");
    expect(file).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  test("follows the configuration, is the same each time, and keeps what a name holds as text", async () => {
    const text = `config:
  aws:region: us-east-1
  ml-gateway:gateway: { sshFrom: [198.51.100.7/32, 203.0.113.0/24] }
  ml-gateway:backend: { port: 9100, instanceType: t3.small }
  ml-gateway:network: { egress: managed }
  ml-gateway:app: { path: templates/sample-app }
  ml-gateway:models: { manifest: models-manifest/sample.json }
`;
    const stack = stackFileFromText(ROOT, "other", text, { privateKey: placeholderKey });
    const { document } = await previewFile(ROOT, stack, DEFAULT_CONFIG, { say: () => undefined });
    const picture = pictureOf(document.resources, document.files);
    const said = description(picture);
    for (const part of ["operator 1 reaches gateway: port 22", "operator 2 reaches", "ports 9100, 22", "NAT gateway", "t3.small"])
      expect(said).toContain(part);
    expect(said).not.toContain("gateway's NAT");
    const [one, two] = [svg('<b> & "x"', picture, await layOut(picture)), svg('<b> & "x"', picture, await layOut(picture))];
    expect(one).toBe(two);
    expect(one).toContain('<title id="title">&lt;b&gt; &amp; &quot;x&quot;</title>');
  });
});

describe("the reference of the manifest", () => {
  const { definitions, properties } = schema;
  const fields = [...Object.entries<object>(properties), ...Object.entries<object>(definitions.file.properties)].filter(
    ([name]) => name !== "$schema" && name !== "files",
  );

  test.each(fields)("%s: its examples are what the schema takes", (_, field) => {
    const { examples = [], ...rest } = field as { readonly examples?: readonly unknown[] };
    expect(examples.length).toBeGreaterThan(0);
    const validate = new Ajv({ unicodeRegExp: true }).compile(rest);
    for (const example of examples) expect([example, validate(example)]).toEqual([example, true]);
  });
});

test("the help of every command is on the page, without what all have in common", () => {
  const page = readFileSync(join(ROOT, "docs/commands.md"), "utf8");
  for (const name of Object.keys(SCRIPTS)) expect(page).toContain(`### npm run ${name}\n`);
  expect(page).toContain("--oidc WHO");
  expect(page).not.toContain("70  a fault of the command itself");
});
