/** What doctor asks AWS about. */
import type { StackConfig } from "../config/types";
import type { Seen } from "../deploy-role/statements";

export interface AwsQuestion {
  /** Undefined where it could not be read. */
  readonly region: string | undefined;
  /** `aws:profile` of the stack's file. */
  readonly profile: string | undefined;
  /** Undefined where the configuration has problems. */
  readonly config: StackConfig | undefined;
  /** What the program registers; asked for only where an identity may be simulated. */
  readonly seen: (account: string) => Promise<Seen>;
}
