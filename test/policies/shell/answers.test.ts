import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Settings } from "../../../policies/core/types";
import { askHosts } from "../../../policies/shell/answers";
import { program } from "../core/builder";

test("a question is asked again under other settings, and once under the same", async () => {
  const graph = program({ resources: [] });
  graph.add("command:remote:Command", "a", { connection: { host: "192.0.2.1" }, create: "echo hello" });
  const asked: number[] = [];
  const question = { name: "a question of this test", answer: (_: unknown, { servicePort }: Settings) => [asked.push(servicePort)] };
  for (const servicePort of [9000, 9100, 9000]) await askHosts(question, graph.graph("known"), { ...DEFAULT_CONFIG.settings, servicePort });
  expect(asked).toEqual([9000, 9100]);
});
