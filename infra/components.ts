/**
 * Parts of this program for other Pulumi programs: a network, a host, and its set-up over SSH. They take arguments alone: no configuration is
 * read, no stack file is needed. `import { Network, Host, RemoteSetup } from "ml-gateway/components"`.
 *
 * @module components
 */
export { Network } from "./network/vpc";
export type { NetworkArgs, NetworkLayout } from "./network/vpc";
export { Host } from "./hosts/instance";
export type { HostArgs, HostMachine, VolumeKey } from "./hosts/instance";
export type { Statement } from "./hosts/role";
export { RemoteSetup } from "./remote/setup";
export type { Connection, RemoteSetupArgs, RemoteStep } from "./remote/setup";
export { bastionHostKey } from "./remote/host-keys";
export type { BastionKeyArgs, HostKeyArgs } from "./remote/host-keys";
export { hostKeyScript } from "./release/host-key-script";
export type { Carrier, StepValues } from "./release/types";
export type { IamConfig } from "./config/types";
