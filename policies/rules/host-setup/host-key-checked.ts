import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { asProps, isAbsent, isUnknown } from "../../core/values";
import { askHosts } from "../../shell/answers";
import type { Question } from "../../shell/answers";
import type { Executed, Happenings } from "../../shell/state";
import { plain, show } from "../../shell/text";
import { isRemote, learnsHostKeys, seenInConnection } from "./connections";
import { distinct, unknown, violation } from "./findings";
import { programOf, wordsOf } from "./runs";

const FIX = "Set `hostKey` on the connection and on its proxy; drop StrictHostKeyChecking=no.";

const OFF =
  /StrictHostKeyChecking[\s=]*(no|off)\b|UserKnownHostsFile[\s=]*\/dev\/null|GlobalKnownHostsFile[\s=]*\/dev\/null|host_key_checking\s*=\s*false/iu;

async function evaluate(graph: Graph, settings: Settings): Promise<Finding[]> {
  const connections = graph.resources.filter(isRemote).flatMap((step) => checkConnection(graph, step));
  return distinct([...connections, ...(await askHosts(SCRIPTS, graph, settings)).flat()]);
}

function checkConnection(graph: Graph, step: Resource): Finding[] {
  const { connection } = step.inputs;
  const place = { urn: step.urn, part: "connection", line: 1 };
  if (isAbsent(connection)) return [];
  const props = asProps(connection);
  if (isUnknown(connection) || !props) {
    // Known as a whole only once the host is: what flows into it shows whether somebody learned a key for it.
    if (seenInConnection(graph, step).some(learnsHostKeys)) return [];
    return [
      unknown(
        place,
        `Cannot tell whether «${step.name}» checks the host key: its connection is not known yet, and no step that learns a key (ssh-keyscan) flows into it. ${FIX}`,
      ),
    ];
  }
  const missing = isAbsent(props.hostKey) ? ["connection.hostKey"] : [];
  const proxy = asProps(props.proxy);
  if (proxy && isAbsent(proxy.hostKey)) missing.push("connection.proxy.hostKey");
  return missing.map((key) => violation(place, `«${step.name}» connects without ${key}, so any host may answer. ${FIX}`));
}

const SCRIPTS: Question<readonly Finding[]> = {
  name: "host keys in scripts",
  operator: true,
  answer: ({ record }) => checkScripts(record),
};

function checkScripts(record: Happenings): Finding[] {
  const runs = record.executed.flatMap((run) => {
    const found = switchedOff(run);
    return found === undefined ? [] : [violation(run.place, `\`${programOf(run)} … ${show(found)}\` accepts any host key. ${FIX}`)];
  });
  const files = record.written
    .filter((w) => /ssh_config|\.ssh\/config$|ansible\.cfg$/u.test(w.path))
    .flatMap((w) =>
      plain(w.content)
        .split("\n")
        .filter((line) => !line.trimStart().startsWith("#") && OFF.test(line))
        .map((line) => violation(w.place, `${show(w.path)} says \`${show(line)}\`. ${FIX}`)),
    );
  return [...runs, ...files];
}

const CONNECTS = /^(ssh|scp|sftp|rsync|git|ansible[\w-]*|autossh|export|env|ssh-copy-id|mosh)$/u;

function switchedOff(run: Executed): string | undefined {
  const connects = CONNECTS.test(programOf(run));
  if (!connects && run.assignments.length === 0) return undefined;
  const variables = run.assignments.map(([name, value]) => `${name}=${plain(value)}`);
  const words = connects ? wordsOf(run) : [];
  return [...words, ...variables].find((text) => OFF.test(text) || /^ANSIBLE_HOST_KEY_CHECKING=(false|0|no)$/iu.test(text));
}

export const policy: Policy = {
  id: "host-key-checked",
  severity: "high",
  control: "NET-4",
  tags: ["host-setup", "ssh"],
  description:
    "Every connection to a host, and to the bastion on the way, names the host key it expects; scripts do not switch the check off.",
  why: "Without it the first machine that answers at the address is believed, and gets the commands and the secrets on their standard input.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `const connection = { host, user: "ubuntu", privateKey };`,
  good: `const connection = { host, user: "ubuntu", privateKey, hostKey, proxy: { host: bastion, user: "ubuntu", privateKey, hostKey: bastionKey } };`,
  evaluate: evaluate,
};
