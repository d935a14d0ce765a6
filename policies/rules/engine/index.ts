import type { Policy } from "../../core/types";
import { policy as guardsNotIgnored } from "./guards-not-ignored";
import { policy as judgeableResources } from "./judgeable-resources";
import { policy as noDynamicProvider } from "./no-dynamic-provider";

export const policies: Policy[] = [guardsNotIgnored, judgeableResources, noDynamicProvider];
