import { readYaml } from "../../../policies/core/yaml";

test("an ordinary text is read, with brackets, quotes and comments", () => {
  const text =
    '#cloud-config\npackages: [nginx, "python3"]\nwrite_files:\n  - path: /etc/a\n    content: |\n      if [ -n "$x" ]; then x=${y[0]}; fi\n';
  expect(readYaml(text)?.toJS()).toMatchObject({ packages: ["nginx", "python3"] });
  expect(readYaml("a: [")?.errors).not.toEqual([]);
});

// Each would end the process or take minutes within the 16 KiB that AWS takes as user data.
test.each(["[", "{", "}", '"', "'", "- ", "? ", ": ", "[a,", "{a: ", "&a ", "!a "])("%j without end is not read", (unit) => {
  expect(readYaml(`runcmd:\n - ${unit.repeat(8000)}`)).toBeUndefined();
});

test("what is longer than any such file is not read", () => {
  expect(readYaml("a\n".repeat(200_000))).toBeUndefined();
});
