/** Roles and numbers that apply where the configuration says nothing else. */
import type { Settings } from "./types";

export const DEFAULT_SETTINGS: Settings = {
  roles: {
    backendInstances: { tags: { Role: "backend" } },
    gatewayInstances: { tags: { Role: "gateway" } },
    backendGroup: { tags: { Role: "backend" } },
    gatewayGroup: { tags: { Role: "gateway" } },
    privateSubnets: { tags: { Role: "private" } },
    publicSubnets: { tags: { Role: "public" } },
    modelBuckets: { tags: { Role: "models" } },
  },
  servicePort: 9000,
  home: "/home/ddos",
  user: "ddos",
  sshWidestPrefix: 15,
  profile: "auto",
};
