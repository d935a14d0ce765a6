/** The picture and the generated parts of README.md are what the dev stack makes them; `npm run docs` writes them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { validateXML } from "xmllint-wasm";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { previewFile } from "../../infra/cli/preview-stack";
import { withParts } from "../../infra/cli/readme";
import { docsCommand } from "../../infra/cli/docs";
import { pictureFile } from "../../infra/report/picture-file";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { stackFileFromText } from "../../infra/offline/stack-file";
import schema from "../../models-manifest/schema.json";
import { run } from "../cli/run";
import { SCRIPTS } from "../cli/scripts";
import { ROOT } from "./pages";

jest.setTimeout(120_000);

/** Whatever is well formed and begins with an svg. */
const ANY_SVG = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/svg">
  <xs:element name="svg"><xs:complexType mixed="true">
    <xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType></xs:element>
</xs:schema>`;

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
    const said = /<desc id="picture-desc">([^]*?)<\/desc>/.exec(file)?.[1] ?? "";
    for (const sentence of [
      "Internet reaches gateway-instance: tcp 80, 443.",
      "203.0.113.0/24 reaches gateway-instance: tcp 22.",
      "gateway-instance reaches backend-instance: tcp 22, 9000.",
      "backend-instance goes out to S3 bucket: S3 endpoint.",
      "Nothing else is let in from outside.",
    ])
      expect(said).toContain(sentence);
    expect(file).toContain('aria-labelledby="picture-title picture-desc"');
    expect(file).toContain("prefers-color-scheme: dark");
    expect(file).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  test("is one that an XML reader takes", async () => {
    const { valid, errors } = await validateXML({
      xml: [{ fileName: "dev.svg", contents: file }],
      schema: [{ fileName: "any.xsd", contents: ANY_SVG }],
    });
    expect([errors, valid]).toEqual([[], true]);
  });

  test("the words beside it in README name the ports of its arrows", () => {
    const alt = /!\[([^\]]*)\]\(docs\/images\/dev\.svg\)/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
    const ports = [...file.matchAll(/reaches [\w-]+: tcp ([\d, ]+)\./g)].flatMap(([, list = ""]) => list.split(", "));
    expect(ports.length).toBe(5);
    for (const port of ports) expect(alt).toMatch(new RegExp(`\\b${port}\\b`));
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
    const named = { document: { ...document, stack: '<b> & "x"' } };
    const [one, two] = [await pictureFile(named), await pictureFile(named)];
    expect(one).toBe(two);
    for (const part of ["198.51.100.7/32 reaches gateway-instance: tcp 22.", "203.0.113.0/24 reaches", "tcp 22, 9100", "t3.small"])
      expect(one).toContain(part);
    expect(one).toContain("What the stack &lt;b&gt; &amp; &quot;x&quot; of");
    expect(one).not.toContain("<b>");
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
