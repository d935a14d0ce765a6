/** What a person types to log in to the hosts; docs/outputs.md says how. */
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config/types";
import { sshOf } from "./config/ssh-key";
import { hasLogins, type Hosts } from "./connections";
import type { Backend } from "./network/balancer";
import { byId, type OfBackends } from "./hosts/ids";

interface Login {
  readonly sshGateway?: pulumi.Output<string>;
  readonly sshBackend?: pulumi.Output<string>;
  /** Where there are several backends: the same for each. */
  readonly sshBackends?: OfBackends<pulumi.Output<string>>;
}

/** Hosts of a fleet come and go: whoever logs in puts an address there. */
const ANY_HOST = "ADDRESS";

/** None where nobody logs in. */
export function loginCommands(config: StackConfig, hosts: Hosts): Login {
  if (!hasLogins(hosts)) return {};
  const { access, region } = config;
  const { user } = sshOf(config);
  const { address, gateway, backends, endpointId } = hosts;
  const over = (target: pulumi.Input<string>): pulumi.Output<string> => pulumi.interpolate`ssh -J ${user}@${address} ${user}@${target}`;
  const through = (id: pulumi.Output<string>): pulumi.Output<string> =>
    access === "ssm"
      ? pulumi.interpolate`ssh -o ProxyCommand='aws ssm start-session --region ${region} --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p' ${user}@${id}`
      : pulumi.interpolate`ssh -o ProxyCommand='aws ec2-instance-connect open-tunnel --region ${region} --instance-id %h --instance-connect-endpoint-id ${endpointId ?? ""}' ${user}@${id}`;
  const to = ({ instance }: Backend): pulumi.Output<string> => (access === "ssh" ? over(instance.privateIp) : through(instance.id));
  const [first] = backends;
  return {
    sshGateway: access === "ssh" ? pulumi.interpolate`ssh ${user}@${address}` : through(gateway.id),
    // With a fleet the access is ssh (config/way-rules.ts).
    sshBackend: first === undefined ? over(ANY_HOST) : to(first),
    ...(backends.length > 1 ? { sshBackends: byId(backends, to) } : {}),
  };
}
