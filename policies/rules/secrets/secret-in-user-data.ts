import type { Policy } from "../../core/types";
import { isUnknown } from "../../core/values";
import { nested } from "./places";
import { evenMarked, label, unknown } from "./report";
import { scan } from "./scan";
import { Secret } from "../../core/types";

const FIX = "let the first boot prepare the machine only, and send secrets later over SSH by `stdin` into a file of mode 600";

export const policy: Policy = {
  id: "secret-in-user-data",
  severity: "critical",
  control: "SECRET-2",
  tags: ["secrets", "instance"],
  description: "User data holds no key, token, password or private key, in plain text, base64 or gzip.",
  why: "User data is readable by every process on the machine (metadata service) and by everyone who may DescribeInstanceAttribute; a mark in Pulumi changes neither.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ec2.Instance("backend", { userData: "#!/bin/bash\\nexport API_KEY=live-4f9a…", ... });',
  good: 'new aws.ec2.Instance("backend", { userData: "#!/bin/bash\\nuseradd --system ddos", ... });',
  evaluate: (graph) =>
    graph.resources.flatMap((resource) =>
      nested(resource, "user-data").flatMap(({ path, value }) => {
        if (!(value instanceof Secret) && isUnknown(value))
          return [unknown(resource, `${path} of ${label(resource)} is not known yet, so it may come to hold a secret: ${FIX}`)];
        return evenMarked(resource, scan(value, path), FIX);
      }),
    ),
};
