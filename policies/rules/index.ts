/** All policies of the pack, by area. */
import type { Policy } from "../core/types";
import { policies as bucket } from "./bucket";
import { policies as engine } from "./engine";
import { policies as hostSetup } from "./host-setup";
import { policies as hosts } from "./hosts";
import { policies as network } from "./network";
import { policies as roles } from "./roles";
import { policies as secrets } from "./secrets";

export const policies: readonly Policy[] = [...roles, ...network, ...hosts, ...hostSetup, ...secrets, ...bucket, ...engine];
