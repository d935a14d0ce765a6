/** Policies on the repository itself; they evaluate `readRepository(directory)`, not what a program registers. */
import type { Policy } from "../../../core/types";
import { policy as repositoryIgnoresEnv } from "./repository-ignores-env";
import { policy as repositorySecretFiles } from "./repository-secret-files";
import { policy as repositorySecretText } from "./repository-secret-text";
import { policy as repositoryStackConfig } from "./repository-stack-config";

export const repositoryPolicies: Policy[] = [repositorySecretFiles, repositorySecretText, repositoryIgnoresEnv, repositoryStackConfig];
export { readRepository } from "./read";
