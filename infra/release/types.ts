/** What a host gets, as data. Everything in infra/release is pure: text in, text out; no resource, no connection. */

import type { Checks } from "../../models-manifest/checks";
import type { Allowance } from "./sandbox";

export type HostRole = "gateway" | "backend";

/** Of the backends that are set up over SSH, of which there are several with `backend.count`. */
export type BackendId = "backend" | "backend-2" | "backend-3";
export type HostId = "gateway" | BackendId;

/** One file of an application bundle; `path` is relative to the application folder, with `/`. `size` is in bytes, `mode` like "0644". */
export interface BundleFile {
  readonly path: string;
  /** Where a symbolic link leads; a link has the digest of that text. */
  readonly link?: string;
  readonly mode: string;
  readonly sha256: string;
  readonly size: number;
}

/** A deterministic tar of a folder. `sha256` is of the uncompressed tar, in hex; compression may differ between versions of zlib. */
export interface Bundle {
  readonly sha256: string;
  readonly gzipBase64: string;
  readonly files: readonly BundleFile[];
}

/** Where the application comes from: a local folder, a commit of a git repository, or a tar.gz in S3 (sha256 of the object). */
export type CodeSource =
  | { readonly kind: "bundle"; readonly bundle: Bundle; /** It holds secrets, by the reader's leave. */ readonly secret?: boolean }
  | { readonly kind: "git"; readonly url: string; readonly commit: string }
  | { readonly kind: "s3"; readonly uri: string; readonly sha256: string };

/** One model file of the manifest. `key` is its S3 key, `size` in bytes; `absent`: optional and not published. */
export interface ManifestFile {
  readonly path: string;
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
  readonly required: boolean;
  /** Of the manifest. Without it the gate goes by the file's ending, and by what it holds. */
  readonly format?: string;
  readonly absent?: boolean;
}

/**
 * The models of a release. `digest` identifies the set, `pins` are runtime requirements such as "scikit-learn==1.7.2", `imports` the packages
 * beside scikit-learn whose classes pickles may hold.
 */
export interface ManifestFiles {
  readonly digest: string;
  readonly pins: readonly string[];
  readonly imports?: readonly string[];
  readonly files: readonly ManifestFile[];
  /** What the models have to answer before they may serve. @default nothing */
  readonly checks?: Checks;
}

/** Limits of requests, on both hosts unless it says otherwise. */
export interface HttpLimits {
  /** Requests a second of one client address (gateway only). @default 100 */
  readonly perSecond: number;
  /** Requests of one client address that may come at once on top of that (gateway only). @default 200 */
  readonly burst: number;
  /** Connections of one client address (gateway only). @default 100 */
  readonly connections: number;
  /** Largest request body, MiB. @default 1 */
  readonly bodyMiB: number;
  /** Longest wait for the application: for the head of an answer, and between two parts of it. Seconds. @default 30 */
  readonly timeoutSeconds: number;
}

/** A text that the body has to be, "any", or an object whose keys a JSON body has to have, with these values; further keys do not matter. */
export type HealthBody = string | Readonly<Record<string, unknown>>;

/** How health is asked for, and what a healthy service answers. */
export interface Health {
  /** With a query, where the application needs one. @default "/health" */
  readonly path: string;
  /** @default 200 */
  readonly status: number;
  /** @default '{"status":"ok"}' */
  readonly body: HealthBody;
  /** The Host header, for applications that allow certain hosts only. @default the address that is asked */
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The longest that a start may take, until it is healthy, seconds. @default 60 */
  readonly startSeconds: number;
}

/** How a release is watched after the switch. */
export interface Bake {
  /** Seconds; 0: not at all. @default 10 */
  readonly bakeSeconds: number;
  /** How much larger the share of answers with 5xx may be than in the minutes before, 0 to 1. @default 0.05 */
  readonly bakeErrorShare: number;
  /** How many times as long as before the median answer may take to begin. @default 3 */
  readonly bakeLatency: number;
}

/** How a candidate is asked copies of live requests, and compared with the release that serves, before the switch (backend only). */
export interface Shadow {
  /** The longest, seconds. */
  readonly seconds: number;
  /** How many of the requests that may be copied are, in per cent. */
  readonly percent: number;
  /** Which may be: `METHOD /path`, exactly, with whatever query. */
  readonly requests: readonly string[];
  /** Below so many nothing is judged. */
  readonly minRequests: number;
  /** With so many it is over. */
  readonly maxRequests: number;
  /** Larger bodies are not copied, KiB. */
  readonly bodyKiB: number;
  /** How far a number may be off, of it and at all. */
  readonly tolerance: number;
  /** Keys of JSON answers that are not compared. */
  readonly ignore: readonly string[];
  /** The share of answers that have to agree, 0 to 1. @default none, it is reported only */
  readonly minAgreement?: number;
}

/** An authority from which the gateway gets its certificate by itself. */
export interface Acme {
  /** Address of its directory. */
  readonly directory: string;
  readonly email: string;
  /** Of external account binding; its key travels by stdin. @default none */
  readonly eabKeyId?: string;
  /** Hosted zone of Route 53 with the record that proves the name (DNS-01). @default the authority asks port 80 (HTTP-01) */
  readonly zone?: string;
}

/** TLS on port 443 of the gateway: with a certificate of one's own, which the tls step brings, or with one that the acme step gets. One of both. */
export interface Tls {
  readonly serverName: string;
  /** The certificate and those that issued it, as PEM. */
  readonly certificate?: string;
  readonly acme?: Acme;
  /** Strict-Transport-Security; 0: no header. */
  readonly hstsSeconds: number;
}

/** A public load balancer in front of the gateway, which ends TLS. */
export interface Front {
  /** Blocks of its subnets: what comes from there says whose request it is. */
  readonly from: readonly string[];
  /** Strict-Transport-Security; 0: no header. */
  readonly hstsSeconds: number;
  /** Name by which clients come, where the gateway itself can ask as one of them: open to everybody, and without keys or passwords. */
  readonly domain?: string;
}

/** Keys of the API, at the gateway's nginx. Their values travel by stdin. */
export interface Access {
  /** Sorted; they stand in the access log. */
  readonly keyNames: readonly string[];
  /** Who may come with a password instead; sorted. @default nobody */
  readonly userNames?: readonly string[];
  /** Requests a second of one key. */
  readonly perSecond: number;
  readonly burst: number;
  /** Health is answered without a key. */
  readonly openHealth: boolean;
  /** The application gets the key as well. */
  readonly forwardKey: boolean;
}

/** What pages of other origins may do. */
export interface Cors {
  /** Exactly, or "*" alone. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  /** Seconds that a preflight's answer may be kept. */
  readonly maxAge: number;
  readonly credentials: boolean;
}

/** The request that proves, through the gateway, that the backend answers. */
export interface ProofRequest {
  readonly method: string;
  /** Path, perhaps with a query. */
  readonly path: string;
  /** Sent as JSON, but not with GET and HEAD. */
  readonly body: string;
}

/** `application`: the gateway's nginx -> uvicorn, which forwards. `proxy`: the gateway's nginx -> the backend's, and no application there. */
export type GatewayMode = "application" | "proxy";

/** A file that the prepare step puts on the host; `stage` is its name among the step's files. */
export interface SystemFile {
  readonly stage: string;
  readonly path: string;
  readonly mode: string;
  readonly content: string;
  /** False for one that only some hosts have a use for. @default true */
  readonly required?: boolean;
}

/** What a host sends to CloudWatch. */
export interface Watched {
  /** Of its metrics. */
  readonly namespace: string;
  readonly metrics: boolean;
  /** What the names of its groups of logs begin with. @default no logs */
  readonly logs?: string;
}

export interface HostSpec {
  readonly role: HostRole;
  /** What its backups, metrics and logs are kept under. @default its role */
  readonly host?: BackendId;
  /** Name of the systemd unit, without `.service`. */
  readonly service: string;
  /** The application, `package.module:attribute`, or `package.module:function()` for a function that makes it. */
  readonly module: string;
  /** @default "asgi" */
  readonly interface?: "asgi" | "wsgi";
  readonly workers: number;
  /** Workers of the candidate that runs beside the service during a release. @default 1 */
  readonly nextWorkers?: number;
  /** Port of nginx: 80 on the gateway, 9000 on the backend. */
  readonly servicePort: number;
  readonly health: Partial<Health>;
  /** How the private subnet reaches package mirrors. */
  readonly egress: "gateway" | "managed" | "none";
  readonly code: CodeSource;
  /** Backend only. */
  readonly models?: ManifestFiles;
  /** Names of all variables of .env, plain and secret. */
  readonly envNames: readonly string[];
  /** The variables that are not secret, with their values; shown in previews. */
  readonly plainEnv: Readonly<Record<string, string>>;
  /** A tar.gz of wheels in S3, for hosts without egress. */
  readonly wheelhouse?: { readonly uri: string; readonly sha256: string };
  /** The index that packages come from. `secret`: with user and password in it, the value `index` of the step. @default PyPI */
  readonly index?: { readonly url: string; readonly secret: boolean };
  readonly region: string;
  /** Packages of Ubuntu over those that the set-up needs. @default none */
  readonly packages?: readonly string[];
  /** What of the service's sandbox is open. @default nothing */
  readonly sandbox?: readonly Allowance[];
  readonly limits?: Partial<HttpLimits>;
  /** Gateway only. @default plain HTTP alone */
  readonly tls?: Tls;
  /** Gateway only, and in place of `tls`. @default clients reach it directly */
  readonly front?: Front;
  /** Gateway only. @default everybody may use the API */
  readonly access?: Access;
  /** Gateway only. @default nginx says nothing of origins */
  readonly cors?: Cors;
  /** @default not watched */
  readonly release?: Bake;
  /** Backend only. @default candidates are asked no live requests */
  readonly shadow?: Shadow;
  /** Backups to S3 (backend only). `schedule` is a systemd calendar expression, such as "daily". */
  readonly backup?: { readonly schedule: string; /** What keys of backups begin with. @default nothing */ readonly prefix?: string };
  /** What goes to CloudWatch. @default nothing */
  readonly watch?: Watched;
  /** On both hosts: the backend's site has to know whose headers it gets. @default application */
  readonly gatewayMode?: GatewayMode;
  /** Gateway only: `host:port` of the backend's nginx. */
  readonly upstream?: string;
  /** Gateway only. */
  readonly proof?: ProofRequest;
  /** On both hosts: an internal load balancer stands between them. @default false */
  readonly balanced?: boolean;
  /** Gateway only: how many backends there may be behind its upstream, where there may be more than one. @default 1 */
  readonly backends?: number;
  /** Gateway only: digest of what the backend is made of. Its verify looks at the backend as well, and has to run again when that changes. */
  readonly peer?: string;
  /** Any text; another one makes every step run again, which repairs what drifted. */
  readonly repair?: string;
  /** The release step repairs what serves, and refuses to deploy anything else (`npm run repair`). @default false */
  readonly repairOnly?: boolean;
  /** Steps read all content, also what an earlier one has read since the host started (`npm run verify`, `npm run repair`). @default false */
  readonly readAll?: boolean;
}

/** Values that are known at deployment only; they travel by stdin. */
export interface StepValues {
  /** Private IPv4 address of the backend, with several of the first. */
  readonly backendAddress?: string;
  /** Of those behind the first. */
  readonly otherBackends?: readonly string[];
  /** DNS name of the load balancer in front of the backend. */
  readonly balancerName?: string;
  /** DNS name of the public load balancer in front of the gateway. */
  readonly publicName?: string;
  /** Name of the model bucket. */
  readonly bucket?: string;
  /** All variables of .env; secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** Address of the package index, with user and password; secret. */
  readonly index?: string;
  /** Keys of the API by their names; secret. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** Passwords by their users; secret. */
  readonly basicAuth?: Readonly<Record<string, string>>;
  /** Private key of the certificate, as PEM; secret. */
  readonly tlsKey?: string;
  /** Key of external account binding; secret. */
  readonly eabKey?: string;
}

export type StepName = "prepare" | "tls" | "access" | "code" | "env" | "models" | "release" | "acme" | "verify";

/** What a person asks of a host, by the path of the steps: which releases there are, and that an earlier one serves. */
export type AskedName = "releases" | "rollback";

/** A script that lies on the host before a step runs it; `name` holds the first digits of `sha256`. */
export interface StepFile {
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

/** The Command that brings the scripts: a line that runs what comes by stdin, which holds no secret. */
export interface Carrier {
  /** Shell text, printed when it fails. */
  readonly create: string;
  /** What it reads. */
  readonly stdin: string;
}

/** What is sent to a host: what brings `script` is the carrier, `create` runs it. */
export interface Sent {
  readonly create: string;
  readonly script: StepFile;
}

/** One remote command. `create` is literal shell text that runs `script`; what may differ between hosts comes by stdin. */
export interface Step extends Sent {
  readonly name: StepName;
  /** True when stdin holds secret text. */
  readonly secret: boolean;
  /** Longest run time on the host, seconds, waiting for the lock included. */
  readonly limitSeconds: number;
  /** The values that stdin() reads. */
  readonly uses: readonly (keyof StepValues)[];
  /** @throws Error naming the value that is missing. */
  stdin(values: StepValues): string;
}

/** One row of the file table. `sha256` is null for secrets, folders, and what is made on the host. */
export interface HostFile {
  readonly host: HostRole;
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  readonly owner: string;
  readonly group: string;
  /** Four octal digits. */
  readonly mode: string;
  readonly sha256: string | null;
  /** Text of rendered files, secrets masked. */
  readonly content?: string;
  /** Where a link points. */
  readonly target?: string;
  /** False for files that may be missing. @default true */
  readonly required?: boolean;
}
