import type * as pulumi from "@pulumi/pulumi";
import type { Os } from "../external-names";
import type { BucketSetting } from "./existing-schema";
import type { FleetConfig } from "../fleet/limits";
import type { Allowance } from "../release/sandbox";
import type { Access, Acme, Bake, Cors, Health, HttpLimits, Shadow } from "../release/types";

/** The configuration of a stack as it is stored. */
export interface Raw {
  readonly project: string;
  /** Keys without the project's prefix, as the CLI passes them: objects are JSON text. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: ReadonlySet<string>;
}

/** The validated configuration of one stack. Everything but the secrets is a plain value: it decides which resources exist. */
export interface StackConfig {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** `aws:profile`, for the AWS CLI that opens tunnels and starts the releases of a fleet. */
  readonly profile?: string;
  /** How the steps reach the hosts. */
  readonly access: AccessMode;
  readonly network: NetworkConfig;
  readonly gateway: GatewayConfig;
  /** @default plain HTTP alone */
  readonly https?: HttpsConfig;
  readonly backend: BackendConfig;
  /** None where no step logs in (`access` none). */
  readonly ssh?: SshConfig;
  readonly app: AppConfig;
  readonly models: ModelsConfig;
  readonly health: Health;
  readonly requests: HttpLimits;
  readonly release: Bake & {
    /** Off where it has no seconds. `requests`: by default the request of gateway.proof. */
    readonly shadow: Omit<Shadow, "requests"> & Partial<Pick<Shadow, "requests">>;
  };
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secret settings, sorted; the values only in `secretEnv`. */
  readonly secretEnvNames: readonly string[];
  readonly secretEnv: pulumi.Output<Readonly<Record<string, string>>>;
  readonly wheelhouse?: S3Object;
  readonly index?: PackageIndex;
  /** Changes when the set-up is to run again. */
  readonly repair?: string;
  /** Beside the program's own, on everything but the objects in the bucket. */
  readonly tags: Readonly<Record<string, string>>;
  readonly iam: IamConfig;
  /** ARNs or aliases of keys that exist. */
  readonly kms: { readonly bucketKey?: string; readonly volumeKey?: string; readonly logKey?: string };
  readonly watch: WatchConfig;
  readonly protect: { readonly hosts: boolean; readonly bucket: boolean };
  readonly sandbox: { readonly allow: readonly Allowance[] };
  readonly backup: { readonly enabled: boolean; readonly schedule: string };
}

export interface WatchConfig {
  readonly enabled: boolean;
  readonly emails: readonly string[];
  /** Metrics of the hosts themselves, and alarms on them. */
  readonly metrics: boolean;
  readonly logs: boolean;
  /** How long logs are kept. */
  readonly logDays: number;
  /** Alarms on what the nightly check found. */
  readonly drift: boolean;
  readonly thresholds: Thresholds;
}

/** From where on an alarm goes off. */
export interface Thresholds {
  readonly memoryPercent: number;
  readonly diskPercent: number;
  readonly errorPercent: number;
  readonly p99Seconds: number;
  readonly backupHours: number;
  readonly certificateDays: number;
}

/** What an account demands of roles. */
export interface IamConfig {
  /** ARN of a policy. */
  readonly permissionsBoundary?: string;
  /** Path of roles and profiles, such as `/service/`. */
  readonly path?: string;
}

/** Where pip and uv look for packages. */
export interface PackageIndex {
  /** Without credentials. */
  readonly url: string;
  /** The same address with user and password in it, as installers take them. */
  readonly withLogin?: pulumi.Output<string>;
}

export type AccessMode = "ssh" | "ssm" | "instance-connect" | "none";

export type Egress = "gateway" | "managed" | "none";

export interface NetworkConfig {
  readonly cidr: string;
  readonly availabilityZones: readonly string[];
  readonly gatewaySubnets: readonly string[];
  readonly webserverSubnets: readonly string[];
  readonly egress: Egress;
  /** In place of the blocks and zones above. */
  readonly existing?: ExistingNetworkConfig;
}

export interface BalancerSubnet {
  readonly id: string;
  /** Its IPv4 block: the gateway takes a client's address from what comes from there. */
  readonly cidr: string;
}

/** A VPC and subnets of others, by id. */
export interface ExistingNetworkConfig {
  readonly vpcId: string;
  /** Public; the gateway stands there. */
  readonly gatewaySubnetId: string;
  /** Private; the backend stands in the first. */
  readonly webserverSubnetIds: readonly string[];
  /** Public; the public load balancer stands in them, where there is one. */
  readonly balancerSubnets?: readonly BalancerSubnet[];
}

export interface ModelsConfig {
  readonly manifest: string;
  readonly bucket?: string;
  readonly adopt: boolean;
  /** In place of a bucket of the program. */
  readonly existing?: ExistingBucketConfig;
}

/** A bucket of others, by its name. */
export interface ExistingBucketConfig {
  readonly bucket: string;
  /** What all keys begin with; ends in a slash. @default nothing */
  readonly prefix?: string;
  /** Settings that the program makes; all others are demanded. */
  readonly manage: readonly BucketSetting[];
}

export interface HostConfig {
  readonly instanceType: string;
  /** GiB */
  readonly rootVolumeGiB: number;
  readonly ami?: string;
  /** Release of Ubuntu for a first launch, where no `ami` is named. */
  readonly os: Os;
  /** MiB, for an instance type that the program does not know. */
  readonly memoryMiB?: number;
  readonly workers: "auto" | number;
  /** Packages of Ubuntu over those that the set-up needs. */
  readonly packages: readonly string[];
}

export interface GatewayConfig extends HostConfig {
  readonly sshFrom: readonly string[];
  /** IPv4 blocks that may connect to port 443. */
  readonly httpsFrom: readonly string[];
  readonly elasticIp: boolean;
  /** A public load balancer in front of the gateway, which ends TLS with a certificate of ACM. */
  readonly loadBalancer: boolean;
  /** Its access logs, in a bucket of their own. @default none are written */
  readonly accessLogs?: { readonly days: number };
  /** Gateways behind that load balancer, in an Auto Scaling group. @default one gateway */
  readonly fleet?: FleetConfig;
  /** Names of the API's keys, sorted; none: everybody may use it. */
  readonly apiKeyNames: readonly string[];
  readonly apiKeys: pulumi.Output<Readonly<Record<string, string>>>;
  /** Users of HTTP basic authentication, sorted. */
  readonly userNames: readonly string[];
  readonly basicAuth: pulumi.Output<Readonly<Record<string, string>>>;
  readonly apiAccess: Omit<Access, "keyNames" | "userNames">;
  readonly cors?: Cors;
  readonly mode: "application" | "proxy";
  /** The request that proves that the backend answers what enters the gateway. */
  readonly proof: { readonly method: string; readonly path: string; readonly body: string };
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secret settings, sorted; the values only in `secretEnv`. */
  readonly secretEnvNames: readonly string[];
  readonly secretEnv: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * HTTPS on the gateway: with a certificate of one's own (`certificate` and `privateKey`), or with one that it gets by itself (`acme`). Or on the load
 * balancer in front of it (`acm`).
 */
export interface HttpsConfig {
  readonly domain: string;
  /** The certificate and those that issued it, as PEM. */
  readonly certificate?: string;
  readonly privateKey?: pulumi.Output<string>;
  readonly acme?: Acme;
  /** ARN of a certificate, or "new" for one that the program asks for. */
  readonly acm?: string;
  /** Key of external account binding, where `acme` has one. */
  readonly eabKey?: pulumi.Output<string>;
  /** Seconds; 0: no header. */
  readonly hstsSeconds: number;
  /** Id of the hosted zone that gets the record of the name. @default the record is made elsewhere */
  readonly zone?: string;
}

/** A service outside of the stack that the backend may open TCP connections to. Exactly one of `cidr` and `securityGroup`. */
export interface EgressTarget {
  readonly port: number;
  readonly cidr?: string;
  readonly securityGroup?: string;
  readonly description: string;
}

export interface BackendConfig extends HostConfig {
  readonly port: number;
  /** An internal load balancer between gateway and backend. */
  readonly loadBalancer: boolean;
  /** Backends behind that load balancer, each set up over SSH. */
  readonly count: number;
  /** `fleet`: an Auto Scaling group behind that load balancer, in place of the one host. */
  readonly mode: "single" | "fleet";
  readonly fleet: FleetConfig;
  readonly egress: readonly EgressTarget[];
}

export interface SshKey {
  /** OpenSSH format, for example `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  readonly privateKey: pulumi.Output<string>;
}

export interface SshConfig extends SshKey {
  readonly user: string;
  /** Of the operator's machine; leads to the gateway with other modes of access than ssh. @default follows from the stack's name */
  readonly localPort?: number;
  /** The key that the hosts accept until they have been given the current one. Present while the key is rotated. */
  readonly previous?: SshKey;
}

export interface S3Object {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly sha256: string;
}

interface AtHand {
  /** A copy on this machine, which was read at preview. */
  readonly atHand?: string;
}

export type AppConfig = { readonly module: string; readonly interface: "asgi" | "wsgi" } & (
  | { readonly kind: "path"; readonly path: string }
  | ({ readonly kind: "git"; readonly url: string; readonly commit: string } & AtHand)
  | ({ readonly kind: "bundle" } & S3Object & AtHand)
);
