import * as pulumi from "@pulumi/pulumi";
import { renderTemplate, type TemplateView } from "../../../infra/release/templates";

test.each<[string, TemplateView, string]>([
  ["a {{x}} b", { x: "<&>\"'" }, "a <&>\"' b"],
  ["{{{x}}} {{&x}}", { x: 7 }, "7 7"],
  ["{{#on}}yes{{/on}}{{^on}}no{{/on}}", { on: false }, "no"],
  ["{{#items}}[{{a}}{{b}}]{{/items}}", { items: [{ a: 1 }, { a: 2 }], b: "x" }, "[1x][2x]"],
  ["{{#items}}{{a}}{{/items}}{{^items}}none{{/items}}", { items: [] }, "none"],
])("renders %s", (text, view, expected) => {
  expect(renderTemplate("t", text, view)).toBe(expected);
});

const odd = (value: unknown): TemplateView => ({ x: value }) as TemplateView;

test.each<[string, string, TemplateView, string]>([
  ["unknown variable", "{{port}}", {}, "the variable «port» is not known"],
  ["unknown variable in a section that is off", "{{#x}}{{port}}{{/x}}", { x: false }, "the variable «port» is not known"],
  ["unknown variable in a list", "{{#x}}{{port}}{{/x}}", { x: [{ a: 1 }] }, "the variable «port» is not known"],
  ["inherited names", "{{toString}}", {}, "the variable «toString» is not known"],
  ["unused variable", "text", { port: 1 }, "the variable «port» is given but not used"],
  ["function", "{{x}}", odd(() => "called"), "«x» is a function"],
  ["undefined", "{{x}}", odd(undefined), "«x» is undefined"],
  ["null", "{{x}}", odd(null), "«x» is null"],
  ["object", "{{x}}", odd({ a: 1 }), "«x» is an object"],
  ["not a number", "{{x}}", { x: NaN }, "«x» is not a finite number"],
  ["line break", "{{x}}", { x: "a\nb" }, "«x» has a line break"],
  ["printed boolean", "{{x}}", { x: true }, "cannot be printed"],
  ["text as a section", "{{#x}}a{{/x}}", { x: "text" }, "needs a boolean or a list"],
  ["list of texts", "{{#x}}a{{/x}}", odd(["a"]), "«x[0]» must be an object"],
  ["partial", "{{> other}}", {}, "partials"],
  ["open section", "{{#x}}", { x: true }, "Unclosed section"],
])("refuses %s", (_, text, view, message) => {
  expect(() => renderTemplate("site", text, view)).toThrow(message);
  expect(() => renderTemplate("site", text, view)).toThrow("Template site: ");
});

test("refuses an output, resolved to text or not", () => {
  const output = pulumi.output("address");
  expect(() => renderTemplate("t", "{{x}}", odd(output))).toThrow("outputs have to be resolved first");
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- the mistake itself
  expect(() => renderTemplate("t", "{{x}}", { x: output.toString() })).toThrow("unresolved output");
});

test("names all problems at once, and no value", () => {
  const act = (): string => renderTemplate("t", "{{a}}{{b}}", { c: "x\ny", secret: "hunter2" });
  expect(act).toThrow("«c» has a line break or another control character; the variable «a» is not known; the variable «b» is not known");
  expect(act).not.toThrow("hunter2");
});
