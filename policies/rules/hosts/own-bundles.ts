/** What a host fetches to set itself up is for the hosts of its role: no other host's role reads it. */
import { ofType } from "../../core/references";
import type { Finding, Graph, Resource } from "../../core/types";
import { asString, propertyOf } from "../../core/values";
import { decide } from "../../graph/iam-match";
import { hostRoles, rightsOf, statementsOf } from "../../graph/iam-role";
import { targetsOf } from "../../graph/join";
import { BUCKET_KIND, OBJECT } from "../bucket/model";
import { report } from "./hosts";

/** A shorter key may stand in a script by chance. */
const SHORTEST_KEY = 16;

interface Bundle {
  readonly object: Resource;
  readonly arn: string;
  /** Roles of the hosts whose first boot names it. */
  readonly roles: ReadonlySet<Resource>;
}

/** @returns what it says of one role of a host */
export function bundlesOfOthers(graph: Graph): (role: Resource, who: string) => Finding[] {
  const bundles = bundlesOf(graph);
  return (role, who) => {
    const others = bundles.filter(({ roles }) => !roles.has(role));
    if (others.length === 0) return [];
    const statements = statementsOf(rightsOf(graph, role));
    return others.flatMap(({ object, arn }): Finding[] => {
      const answer = decide(statements, { action: "s3:GetObject", resource: arn });
      if (answer === "no") return [];
      const may = answer === "yes" ? "may" : "may perhaps";
      return [
        report(
          role,
          answer === "yes" ? "violation" : "unknown",
          `${who} ${may} read "${object.name}", with which hosts of another role set themselves up: grant s3:GetObject on the keys of its own bundles alone`,
        ),
      ];
    });
  };
}

/** Objects whose key stands in the first-boot script of a host. */
function bundlesOf(graph: Graph): Bundle[] {
  const objects = ofType(graph, OBJECT).flatMap((object) => {
    const [key, bucket] = [asString(propertyOf(object, "key")), bucketOf(graph, object)];
    return key === undefined || key.length < SHORTEST_KEY || bucket === undefined ? [] : [{ object, key, bucket }];
  });
  if (objects.length === 0) return [];
  const scripts = hostRoles(graph).flatMap(({ host, role }) => (role === undefined ? [] : [{ role, text: scriptOf(host) }]));
  return objects.flatMap(({ object, key, bucket }) => {
    const roles = new Set(scripts.filter(({ text }) => text.includes(key)).map(({ role }) => role));
    return roles.size === 0 ? [] : [{ object, arn: `arn:aws:s3:::${bucket}/${key}`, roles }];
  });
}

/** User data as it is written, and what it says where it is base64, as templates have it. */
function scriptOf({ inputs }: Resource): string {
  const texts = [inputs.userData, inputs.userDataBase64].flatMap((value) => asString(value) ?? []);
  return texts.map((text) => `${text}\n${Buffer.from(text, "base64").toString("utf8")}`).join("\n");
}

function bucketOf(graph: Graph, object: Resource): string | undefined {
  const [bucket] = targetsOf(graph, object, "bucket", BUCKET_KIND).certain;
  return asString(object.inputs.bucket) ?? (bucket === undefined ? undefined : asString(propertyOf(bucket, "bucket")));
}
