/** What a host ends up with: files, owners, units, and what the set-up runs. */
import type { Policy } from "../../core/types";
import { policy as envFileMode } from "./env-file-mode";

export const policies: Policy[] = [envFileMode];
