/** What a person types to log in to the hosts; docs/outputs.md says how. */
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config/types";
import type { Hosts } from "./connections";

interface Login {
  readonly sshGateway: pulumi.Output<string>;
  readonly sshBackend: pulumi.Output<string>;
}

/** Hosts of a fleet come and go: whoever logs in puts an address there. */
const ANY_HOST = "ADDRESS";

export function loginCommands({ access, ssh: { user }, region }: StackConfig, { address, gateway, backend, endpointId }: Hosts): Login {
  // With a fleet the access is ssh (config/way-rules.ts).
  if (access === "ssh" || backend === undefined) {
    const target = backend?.privateIp ?? ANY_HOST;
    return {
      sshGateway: pulumi.interpolate`ssh ${user}@${address}`,
      sshBackend: pulumi.interpolate`ssh -J ${user}@${address} ${user}@${target}`,
    };
  }
  const through = (id: pulumi.Output<string>): pulumi.Output<string> =>
    access === "ssm"
      ? pulumi.interpolate`ssh -o ProxyCommand='aws ssm start-session --region ${region} --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p' ${user}@${id}`
      : pulumi.interpolate`ssh -o ProxyCommand='aws ec2-instance-connect open-tunnel --region ${region} --instance-id %h --instance-connect-endpoint-id ${endpointId ?? ""}' ${user}@${id}`;
  return { sshGateway: through(gateway.id), sshBackend: through(backend.id) };
}
