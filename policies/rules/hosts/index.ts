import type { Policy } from "../../core/types";
import { policy as imdsHopLimit } from "./imds-hop-limit";
import { policy as imdsV2Required } from "./imds-v2-required";
import { policy as leastPrivilegeRole } from "./least-privilege-role";
import { policy as modelsReadOnlyRole } from "./models-read-only-role";
import { policy as noLongLivedKeys } from "./no-long-lived-keys";
import { policy as noSerialConsole } from "./no-serial-console";
import { policy as roleTrust } from "./role-trust";
import { policy as volumesEncrypted } from "./volumes-encrypted";

export const policies: Policy[] = [
  imdsHopLimit,
  imdsV2Required,
  leastPrivilegeRole,
  modelsReadOnlyRole,
  noLongLivedKeys,
  noSerialConsole,
  roleTrust,
  volumesEncrypted,
];
