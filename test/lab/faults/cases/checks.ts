/** Models that load well and answer otherwise than they have to. */
import { createHash } from "node:crypto";
import type { Check, Checks } from "../../../../models-manifest/checks";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import type { ModelFile } from "../variants";
import { modelSet, plainModel, SECRET } from "../variants";

/** /about names the digest of each model, as a prediction would follow from it. */
function checksOf({ name, bytes }: ModelFile): Checks {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const tolerance = { abs: 0, rel: 0 };
  const row: Check = {
    request: { method: "GET", path: "/about", headers: { "X-Database": "${DATABASE_URL}" } },
    expect: { status: 200, json: { models: { [name]: digest } }, tolerance },
  };
  return {
    file: "models-manifest/checks.json",
    rows: [{ request: { method: "GET", path: "/health" }, expect: { status: 200, tolerance } }, row],
    settings: [],
  };
}

export const checkCases: readonly Case[] = [
  {
    name: "checks: a model of the same shape that answers otherwise never serves, one that answers as recorded does",
    run: async (bench) => {
      const model = plainModel("stage2.pkl", bench.label());
      const models = [model, ...bench.good().models.slice(1)];
      const app = { label: bench.label() };
      const wrong = { ...modelSet(models), checks: checksOf(plainModel("stage2.pkl", "another")) };
      const before = await bench.about();
      // Applications of earlier cases print what they know, on purpose.
      const cursor = (await bench.sh("journalctl -q -n 0 --show-cursor | sed -n 's/^-- cursor: //p'")).trim();
      check(cursor !== "", "the journal has no cursor");
      const outcome = await bench.deploy({ app, models, spec: { models: wrong } });
      const row =
        /do not answer as they have to: 1 of 2 rows of models-manifest\/checks.json .*row 2, GET \/about: models.stage2.pkl: expected "[0-9a-f]{12}", got "/;
      const reason = expectFailure(outcome, "release", row);
      const after = await bench.about();
      check(after.pid === before.pid, "the service was restarted, though nothing was switched");
      const journal = await bench.sh(
        `journalctl -u ddos-backend-next --after-cursor='${cursor}' --no-pager | grep -c '${SECRET}' || test $? = 1`,
      );
      check(journal.trim() === "0", "the setting of a header is in the journal");
      const right = { ...modelSet(models), checks: checksOf(model) };
      const deployed = await bench.deploy({ app, models, spec: { models: right } });
      expectSuccess(deployed);
      check(/give the answers that were recorded: 2 of 2 rows/.test(deployed.said), `nothing of the checks was said: ${deployed.said}`);
      bench.setGood({ ...bench.good(), spec: {} });
      return reason;
    },
  },
];
