import type { Policy } from "../../core/types";
import { policy as commandEnvironmentSecret } from "./command-environment-secret";
import { policy as commandStdinSecret } from "./command-stdin-secret";
import { policy as connectionCredentialsMarked } from "./connection-credentials-marked";
import { policy as connectionWithoutPassword } from "./connection-without-password";
import { policy as plainSecretInState } from "./plain-secret-in-state";
import { policy as plainSsmParameter } from "./plain-ssm-parameter";
import { policy as privateKeyGenerated } from "./private-key-generated";
import { policy as secretEchoed } from "./secret-echoed";
import { policy as secretInArguments } from "./secret-in-arguments";
import { policy as secretInAsset } from "./secret-in-asset";
import { policy as secretInEnvironment } from "./secret-in-environment";
import { policy as secretInProvider } from "./secret-in-provider";
import { policy as secretInScript } from "./secret-in-script";
import { policy as secretInStackOutput } from "./secret-in-stack-output";
import { policy as secretInTags } from "./secret-in-tags";
import { policy as secretInTriggers } from "./secret-in-triggers";
import { policy as secretInUnit } from "./secret-in-unit";
import { policy as secretLeavesHost } from "./secret-leaves-host";
import { policy as secretInUserData } from "./secret-in-user-data";

export const policies: Policy[] = [
  secretInUserData,
  secretInTags,
  plainSsmParameter,
  secretInScript,
  secretInTriggers,
  secretInUnit,
  secretEchoed,
  commandEnvironmentSecret,
  commandStdinSecret,
  connectionCredentialsMarked,
  connectionWithoutPassword,
  secretInAsset,
  secretInEnvironment,
  secretInProvider,
  secretInStackOutput,
  plainSecretInState,
  privateKeyGenerated,
  secretLeavesHost,
  secretInArguments,
];
