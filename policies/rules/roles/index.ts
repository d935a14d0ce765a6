import type { Policy } from "../../core/types";
import { policy as rolesConfigured } from "./roles-configured";
import { policy as rolesResolved } from "./roles-resolved";

export const policies: Policy[] = [rolesResolved, rolesConfigured];
