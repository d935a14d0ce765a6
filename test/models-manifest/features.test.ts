import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FEATURES } from "../../models-manifest/sample/traffic";
import { ROOT } from "./project";

test("the sample model's columns are the sample application's features, in the same order and bounds", () => {
  const source = readFileSync(join(ROOT, "templates/sample-app/ml_gateway/utils/feature_extractor.py"), "utf8");
  const table = /FEATURES[^=]*= \{\n([^}]*)\}/.exec(source)![1]!;
  const rows = [...table.matchAll(/"(\w+)": \((\d+), (\d+)\)/g)].map((row) => [row[1], Number(row[2]), Number(row[3])]);
  expect(rows).toEqual(FEATURES.map((feature) => [feature.name, feature.min, feature.max]));
});
