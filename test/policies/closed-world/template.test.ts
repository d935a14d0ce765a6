import { doubtOfTemplate } from "../../../policies/rules/engine/template";

test("a template within the length that CloudFormation takes is refused at once where to read it would take minutes", () => {
  const made = `Resources:\n  Bucket: ${"&a ".repeat(300_000)}`;
  expect(doubtOfTemplate(made)).toBe("has a template that cannot be read");
});

test("a template that is longer than a stack file is read", () => {
  const filler = `    # ${"-".repeat(94)}\n`.repeat(4000);
  expect(doubtOfTemplate(`Resources:\n  Topic:\n${filler}    Type: AWS::SNS::Topic\n`)).toBeUndefined();
});
