import * as fs from "fs";
import * as path from "path";
import { configurationPage } from "../../../infra/config/docs";

test("docs/configuration.md says what the schema says (npm run docs)", () => {
  expect(fs.readFileSync(path.resolve(__dirname, "../../../docs/configuration.md"), "utf8")).toBe(configurationPage());
});
