/** All policies of the pack, by area. */
import type { Policy } from "../core/types";
import { policies as bucket } from "./bucket";
import { policies as engine } from "./engine";
import { policies as general } from "./general";
import { policies as hostSetup } from "./host-setup";
import { policies as hosts } from "./hosts";
import { policies as network } from "./network";
import { policies as roles } from "./roles";
import { policies as secrets } from "./secrets";
import { repositoryPolicies } from "./secrets/repository";
import { saidOnce } from "./once";
import { withSubject } from "./subjects";

export interface Area {
  readonly title: string;
  /** Name of its page below docs/policies. */
  readonly page: string;
  readonly policies: readonly Policy[];
}

const AREAS: readonly Area[] = [
  { title: "Roles", page: "roles", policies: roles },
  { title: "Who can reach what", page: "reachability", policies: network },
  { title: "Hosts and their rights", page: "hosts", policies: hosts },
  { title: "What a host ends up with", page: "host-setup", policies: hostSetup },
  { title: "Where secrets end up", page: "secrets", policies: secrets },
  { title: "The models bucket", page: "models-bucket", policies: bucket },
  { title: "Any program", page: "any-program", policies: general },
  { title: "Ways around the pack", page: "ways-around", policies: engine },
];

export const areas: readonly Area[] = AREAS.map(({ title, page, policies: all }) => ({
  title,
  page,
  policies: all.map((policy) => withSubject(saidOnce(policy))),
}));

/** Evaluate the repository's files, not a graph; the runner evaluates them with --repository. */
export const repositoryArea: Area = {
  title: "The repository (runner only, with --repository)",
  page: "repository",
  policies: repositoryPolicies,
};

/** The policies of a program's graph. */
export const policies: readonly Policy[] = areas.flatMap((area) => area.policies);

/** Every id that a configuration may name. */
export const policyIds: readonly string[] = [...policies, ...repositoryPolicies].map((policy) => policy.id);
