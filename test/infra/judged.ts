/** What the pack says of a program that was evaluated here. */
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { evaluate } from "../../policies/core/evaluate";
import type { Result } from "../../policies/core/outcome";
import { loadGraph } from "../../policies/graph/load";
import { policies } from "../../policies/rules";

/** @param today decides which exemptions have run out */
export function judged({ resources }: { readonly resources: readonly object[] }, today: string): Promise<Result> {
  const { graph } = loadGraph(JSON.stringify({ resources }), "the program");
  return evaluate(policies, graph, DEFAULT_CONFIG, today);
}

/** What is no pass, one line each. */
export const findings = ({ outcomes }: Result): string[] =>
  outcomes
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ policy, level, verdict, message }) => `${policy} ${level} ${verdict} ${message}`);
