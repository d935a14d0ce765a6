/** What needs a network: the address that this machine is seen with, and its clock. */
import { systemSentence } from "../../policies/cli/system-errors";
import { OWN_ADDRESS } from "../external-names";
import { admission, admitsNobody } from "../network/admission";
import type { StackConfig } from "../config/types";
import { named, type Line } from "./line";
import type { Answer, Surroundings } from "./surroundings";

/** AWS refuses a signature that is older or newer than five minutes (IAM User Guide, "Troubleshoot signed requests for AWS APIs"). */
const SIGNATURE_MS = 300_000;

export async function networkLines(config: StackConfig | undefined, surroundings: Surroundings): Promise<Line[]> {
  const address = named("own address");
  const clock = named("clock");
  let answer: Answer;
  try {
    answer = await surroundings.get(OWN_ADDRESS);
  } catch (error) {
    const aborted = ["AbortError", "TimeoutError"].includes((error as Error).name);
    const reason = aborted ? "no answer in time" : (systemSentence(error) ?? (error as Error).message);
    const line =
      config?.access === "ssh" && admitsNobody(config.gateway.sshFrom)
        ? nobody(config)
        : address.unknown(`${OWN_ADDRESS} could not be asked (${reason})`);
    return [line, clock.unknown("needs the same answer")];
  }
  return [addressLine(config, answer.text), clockLine(answer.sent, surroundings.now())];
}

/** An example's network is wrong wherever this machine is. */
function nobody({ stack, gateway }: StackConfig): Line {
  const set = `pulumi config set --stack ${stack} --path 'gateway.sshFrom[0]' "$(curl -s ${OWN_ADDRESS})/32"`;
  return named("own address").bad(
    `gateway.sshFrom admits only ${gateway.sshFrom.join(", ")}, a network for documentation: nobody can log in`,
    set,
  );
}

function addressLine(config: StackConfig | undefined, found: string): Line {
  const line = named("own address");
  if (config === undefined) return line.unknown(`${found}; whom gateway.sshFrom admits is not known while the configuration has problems`);
  if (config.access !== "ssh") return line.good(`${found}; with access ${config.access} no address reaches port 22`);
  const { sshFrom } = config.gateway;
  const blocks = sshFrom.join(", ");
  const answer = admission(config.project, sshFrom, found);
  if (answer !== undefined && "unknown" in answer) return line.unknown(answer.unknown);
  if (answer !== undefined) {
    const at = admitsNobody(sshFrom) ? 0 : sshFrom.length;
    const add = `pulumi config set --stack ${config.stack} --path 'gateway.sshFrom[${at}]' ${found}/32`;
    return line.bad(`${found}, and gateway.sshFrom admits only ${blocks}: the set-up could not log in`, add);
  }
  if (!sshFrom.includes("0.0.0.0/0")) return line.good(`${found}, which gateway.sshFrom admits (${blocks})`);
  const close = `pulumi config set --stack ${config.stack} --path 'gateway.sshFrom[${sshFrom.indexOf("0.0.0.0/0")}]' ${found}/32`;
  return line.bad(`gateway.sshFrom admits the whole internet (0.0.0.0/0); yours is ${found}`, close);
}

function clockLine(sent: Date | undefined, now: Date): Line {
  const line = named("clock");
  if (sent === undefined || Number.isNaN(sent.getTime())) return line.unknown("the answer had no date");
  const seconds = Math.round((now.getTime() - sent.getTime()) / 1000);
  const text = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} ${new URL(OWN_ADDRESS).hostname}`;
  if (Math.abs(seconds) * 1000 < SIGNATURE_MS) return line.good(Math.abs(seconds) < 2 ? "right to the second" : text);
  return line.bad(`${text}: AWS refuses what is signed more than five minutes away from its own time`, "sudo timedatectl set-ntp true");
}
