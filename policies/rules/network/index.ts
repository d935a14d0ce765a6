import type { Policy } from "../../core/types";

export const policies: Policy[] = [];
