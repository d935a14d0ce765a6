import * as fs from "fs";
import * as path from "path";
import { configurationPage } from "../../../infra/config/docs";

test("docs/configuration.md says what the schema says (npm run docs)", () => {
  expect(fs.readFileSync(path.resolve(__dirname, "../../../docs/configuration.md"), "utf8")).toBe(configurationPage());
});

test("an example that YAML would not read as text stands in quotes", () => {
  const page = configurationPage();
  expect(page).toContain('Example: `"2026-11-27"`.');
  expect(page).toContain('| `schedule` | text | `daily` | `"*-*-* 03:00:00"` |');
  expect(page).toContain("| `t3.micro` |");
});
