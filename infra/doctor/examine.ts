/** All checks of doctor in the order of their lines. */
import { awsLines } from "./aws";
import { certificateLines } from "./certificate";
import type { Line } from "./line";
import { agentLine, nodeLine, packagesLine, pulumiLines } from "./machine";
import { networkLines } from "./network";
import { stackState } from "./stack";
import { toolLines } from "./tools";
import type { Surroundings } from "./surroundings";

/** @param root the project's folder. */
export async function examine(root: string, stack: string, surroundings: Surroundings): Promise<Line[]> {
  // Those that wait for others wait beside what keeps this machine busy.
  const pulumi = pulumiLines(root, stack, surroundings);
  const state = await stackState(root, stack, surroundings.env);
  const [cli, aws, network, tools, certificate] = await Promise.all([
    pulumi,
    awsLines({ region: state.region, profile: state.profile, config: state.config, seen: state.seen }, surroundings),
    networkLines(state.config, surroundings),
    toolLines(state.config, state.region, surroundings),
    certificateLines(state.config, surroundings),
  ]);
  return [
    nodeLine(root, surroundings),
    packagesLine(root),
    ...cli,
    ...tools,
    ...aws,
    ...certificate,
    ...network,
    await agentLine(surroundings),
    ...state.lines,
  ];
}
