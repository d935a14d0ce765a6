/** Benign cases of the network. */
import { ingress, inlineIngress, partsOf } from "../network/parts";
import type { Mutation } from "./frame";

export const mutations: Mutation[] = [
  {
    id: "Z01",
    title: "the gateway's 80 and 443 from ::/0 too",
    expect: [],
    apply(p) {
      const { gatewayGroup, inline } = partsOf(p);
      const groups = p.inputs(gatewayGroup).ingress as object[] | undefined;
      const both = [80, 443].map((port) => ({ protocol: "tcp", fromPort: port, toPort: port, ipv6CidrBlocks: ["::/0"] }));
      if (inline) return p.set(gatewayGroup, { ingress: [...(groups ?? []), ...both] });
      for (const port of [80, 443])
        ingress(p, { securityGroupId: gatewayGroup.id, fromPort: port, toPort: port, cidrIpv6: "::/0" }, `v6-${String(port)}`);
    },
  },
  { id: "Z03", title: "the service rule inline, from the gateway's group", expect: [], apply: (p) => inlineIngress(p) },
  {
    id: "Z08",
    title: "an egress-only gateway for IPv6",
    expect: [],
    apply(p) {
      const { vpc, privateTable, inline } = partsOf(p);
      const outward = p.add("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "outward", { vpcId: vpc.id });
      if (inline) p.set(privateTable, { routes: [{ ipv6CidrBlock: "::/0", egressOnlyGatewayId: outward.id }] });
      else
        p.add("aws:ec2/route:Route", "outward", {
          routeTableId: privateTable.id,
          destinationIpv6CidrBlock: "::/0",
          egressOnlyGatewayId: outward.id,
        });
    },
  },
];
