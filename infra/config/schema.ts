/**
 * The stack configuration as JSON schema: the one place that says which keys there are, what they may hold and what they are by default.
 * docs/configuration.md is generated from it (`npm run docs`).
 *
 * Messages are made of its words alone (policies/cli/schema-words.ts): `form` says what a key takes so that it can follow "write", `example` is
 * a value that is right, `reason` says why others do not work. A key with a `pattern` needs the first two; test/infra/config/words.test.ts asks.
 */
import { OPERATING_SYSTEMS } from "../external-names";
import { DEFAULT_MODULE } from "../app/module";
import { ACCOUNT_SECTIONS } from "./account-schema";
import { WATCH_SECTION } from "./watch-schema";
import { existingBucket, existingNetwork } from "./existing-schema";
import { fleetProperties, gatewayFleetProperties } from "./fleet-schema";
import { MOST_BACKENDS } from "../hosts/ids";
import { ALLOWANCES } from "../release/sandbox";
import { DEFAULT_HEALTH } from "../release/health";
import { DEFAULT_LIMITS } from "../release/limits";
import { RELEASE_SECTION } from "./release-schema";
import { accessLogProperties, accessProperties, dnsProperties, domain, tlsProperties } from "./front-schema";
import type { Section } from "./section";

export type { Section };

const NOT_BLANK = "\\S";
const cidr = {
  type: "string",
  pattern: "^[0-9]+(\\.[0-9]+){3}/[0-9]+$",
  form: "an IPv4 block: an address, a slash and the number of its fixed bits",
  example: "10.0.0.0/16",
};
const instanceType = {
  type: "string",
  pattern: "^[a-z][a-z0-9-]*\\.[a-z0-9-]+$",
  form: "an EC2 instance type in lower case: family, dot, size",
  default: "t3.micro",
  description: "EC2 instance type.",
};
const rootVolumeGiB = {
  type: "integer",
  minimum: 10,
  maximum: 100,
  default: 16,
  reason:
    "Less than 10 GiB does not hold the packages and three releases; more than 100 is taken for a typing mistake, because data belongs in the bucket.",
  description: "Root volume in GiB (gp3, encrypted). Packages need 1, Python packages up to 1, three releases with a 200 MB model 1.",
};
const ami = {
  type: "string",
  pattern: "^ami-[0-9a-f]{8,17}$",
  form: "the id of an image, ami- and 8 to 17 hex digits",
  example: "ami-0123456789abcdef0",
  description:
    "Image to launch, in place of `os`. By default the newest of Canonical for `os` at the first launch; a newer one never replaces a running host.",
};
const os = {
  enum: OPERATING_SYSTEMS,
  example: "ubuntu-24.04",
  reason:
    "The hosts are tried on machines of these two generations; ubuntu-26.04 is not offered, because numpy and scipy as the sample pins them have no wheels for its Python 3.14.",
  description:
    "Release of Ubuntu whose newest image is used at the first launch, when no `ami` is named; by default `ubuntu-22.04`, whose standard support ends in April 2027. A running host is never replaced by a change of it; docs/how-to/use-another-image.md says how to move one.",
};
const workers = {
  anyOf: [{ const: "auto" }, { type: "integer", minimum: 1, maximum: 64 }],
  form: "auto, or a whole number from 1 to 64 without quotes",
  example: 2,
  default: "auto",
  description: "uvicorn workers; `auto` follows from the instance's memory and the size of the models.",
};
const memoryMiB = {
  type: "integer",
  minimum: 512,
  example: 1024,
  description: "Memory of the instance in MiB; only needed for an instance type that the program does not know.",
};
const packages = {
  type: "array",
  items: {
    type: "string",
    pattern: "^[a-z0-9][a-z0-9+.-]{1,63}$",
    form: "the name of a package of Ubuntu: lower-case letters, digits, +, - and .",
    example: "libgomp1",
  },
  uniqueItems: true,
  form: "a list of package names, each once",
  example: ["libgomp1"],
  default: [],
  description:
    "Packages of Ubuntu that the application needs, such as libgomp1 or ffmpeg, over those of the set-up. One that is removed from the list stays on the host.",
};
const commit = {
  type: "string",
  pattern: "^[0-9a-f]{40}$",
  form: "the full commit hash, 40 hex digits in lower case (git rev-parse HEAD shows it)",
  example: "9fceb02d0ae598e95dc970b74767f19372d61af8",
  description: "Full commit hash (40 hex digits): a branch or a tag can move.",
};
const sha256 = {
  type: "string",
  pattern: "^[0-9a-f]{64}$",
  form: "64 hex digits in lower case (gunzip -c FILE | openssl sha256 -r shows them)",
  example: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  description: "SHA-256 of the uncompressed tar, 64 hex digits.",
};
const s3Uri = {
  type: "string",
  pattern: "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\\S+$",
  form: "the address of an object in S3, s3:// with bucket and key",
  example: "s3://my-bucket/bundles/app.tar.gz",
};
const secretSetting = { type: "string", minLength: 1, form: "a text that is not empty", example: "the value" };
const setting = { type: "string", form: "a text", example: "value" };
const patterns = {
  type: "array",
  items: { type: "string", pattern: "^[^\\r\\n]+$", form: "a pattern as in a .gitignore, on one line", example: "tests/" },
  uniqueItems: true,
  default: [],
  form: "a list of patterns as in a .gitignore",
  example: ["tests/", "*.ipynb"],
};

function object(properties: Record<string, unknown>, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: "object", additionalProperties: false, default: {}, properties, ...extra };
}

function limit(name: keyof typeof DEFAULT_LIMITS, maximum: number, description: string): Record<string, unknown> {
  return { type: "integer", minimum: 1, maximum, default: DEFAULT_LIMITS[name], description };
}

export const SECTIONS: Readonly<Record<string, Section>> = {
  network: {
    description: "The VPC and its four subnets.",
    schema: object({
      cidr: { ...cidr, default: "10.0.0.0/16", description: "IPv4 block of the VPC, /16 to /28." },
      availabilityZones: {
        type: "array",
        items: {
          type: "string",
          pattern: "^[a-z]{2,4}(-[a-z]+)+-[0-9]+[a-z]$",
          form: "the name of an availability zone, the region and a letter (no zone id such as use1-az1, which is the same zone for every account)",
          example: "us-east-1a",
        },
        minItems: 1,
        maxItems: 6,
        uniqueItems: true,
        form: "a list of one to six names of availability zones, each once",
        example: ["us-east-1a", "us-east-1b"],
        description:
          "One public and one private subnet in each. By default the zones a and b of `aws:region` (us-east-1a and us-east-1b; in ap-northeast-1, which gives new accounts no b, a and c). Letters differ between accounts: a zone that yours does not have, or that lacks the type of a host that starts in it, is reported at preview.",
      },
      gatewaySubnets: {
        type: "array",
        items: cidr,
        minItems: 1,
        form: "a list of IPv4 blocks, one for each availability zone",
        default: ["10.0.1.0/24", "10.0.2.0/24"],
        description: "Public subnets, one a zone. The gateway is in the first.",
      },
      webserverSubnets: {
        type: "array",
        items: cidr,
        minItems: 1,
        form: "a list of IPv4 blocks, one for each availability zone",
        default: ["10.0.101.0/24", "10.0.102.0/24"],
        description: "Private subnets, one a zone. The backend is in the first.",
      },
      egress: {
        enum: ["gateway", "managed", "none"],
        default: "gateway",
        description:
          "How the private subnets reach package registries: NAT on the gateway instance (no extra cost), a managed NAT gateway (about 33 USD a month and traffic), or not at all (needs images with the packages, and a wheelhouse).",
      },
      existing: existingNetwork,
    }),
  },
  gateway: {
    description: "The public host: nginx, uvicorn, SSH bastion.",
    schema: object({
      instanceType,
      rootVolumeGiB,
      os,
      ami,
      memoryMiB,
      workers,
      packages,
      sshFrom: {
        type: "array",
        items: {
          ...cidr,
          form: `${cidr.form}; a single address ends in /32, IPv6 and host names do not work`,
          example: "198.51.100.7/32",
          ending: "/32",
        },
        minItems: 1,
        uniqueItems: true,
        form: "a list of IPv4 blocks, each once (your own address with /32 at its end)",
        example: ["198.51.100.7/32"],
        default: ["0.0.0.0/0"],
        description: "IPv4 blocks that may connect to port 22. Set it to your own address: the policy pack reports the default.",
      },
      httpsFrom: {
        type: "array",
        items: { ...cidr, form: `${cidr.form}; a single address ends in /32`, example: "198.51.100.7/32", ending: "/32" },
        uniqueItems: true,
        form: "a list of IPv4 blocks, each once; an empty list closes the port",
        example: [],
        default: ["0.0.0.0/0"],
        description:
          "IPv4 blocks that may connect to port 443. It is open by default, though without `domain` nothing listens there; `[]` closes it to the world. The backend's NAT keeps its way.",
      },
      elasticIp: {
        type: "boolean",
        default: false,
        description: "Give the gateway an Elastic IP, so that its address survives a stop or a replacement.",
      },
      loadBalancer: {
        type: "boolean",
        default: false,
        description:
          "Puts a public application load balancer in front of the gateway (about 24 USD a month at its least, and traffic): it serves `domain` by HTTPS with `tls.acm`, sends port 80 there, and alone reaches the gateway's port 80. Needs public subnets of /27 or larger in two zones (docs/how-to/serve-https.md).",
      },
      ...accessLogProperties,
      mode: {
        enum: ["application", "proxy"],
        default: "application",
        description:
          "`application`: nginx -> uvicorn with the application, which detects and forwards to `UPSTREAM_URL`. `proxy`: nginx -> nginx of the backend directly, for an application that does not forward; the gateway then has no code, no virtual environment, no .env and no unit, and `workers`, `env` and `secretEnv` are not used.",
      },
      ...gatewayFleetProperties,
      ...accessProperties,
      proof: object(
        {
          method: { enum: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], default: "POST", description: "Method of the request." },
          path: {
            type: "string",
            pattern: "^/[\\w./~%?&=,:@+-]*$",
            maxLength: 1000,
            form: "a path that begins with /, with its query if it has one, in at most 1000 characters of a URL",
            default: "/predict",
            description: "Path, perhaps with a query, of a request that the gateway forwards.",
          },
          body: {
            type: "string",
            maxLength: 4096,
            pattern: "^[^\\r\\n]*$",
            form: "a text on one line, of at most 4096 characters",
            default: "{}",
            description:
              "Body, sent as JSON on one line; not with GET and HEAD. Any answer of the backend counts as one (422 for a body that it does not take, 404 for a path that it does not know), but not 429 or 500 and above.",
          },
        },
        {
          description:
            "The request by which the set-up and `npm run verify` prove that the backend answers what enters the gateway. An application on the gateway has to pass on its query or its `X-Request-ID`.",
        },
      ),
      env: {
        type: "object",
        additionalProperties: setting,
        default: {},
        form: "a group of names and texts",
        example: { LOG_FORMAT: "json" },
        description: "Further plain settings in the gateway's .env.",
      },
      secretEnv: {
        type: "object",
        additionalProperties: secretSetting,
        form: "a group of names and secret texts",
        example: { API_KEY: "the value" },
        default: {},
        secret: true,
        description:
          "Secret settings in the gateway's .env, for an application that needs its own there. Secret; the other keys of `gateway` stay plain.",
      },
    }),
  },
  backend: {
    description: "The private host: nginx on the service port, uvicorn, the models.",
    schema: object({
      instanceType,
      rootVolumeGiB,
      os,
      ami,
      memoryMiB,
      workers,
      packages,
      port: {
        type: "integer",
        minimum: 1024,
        maximum: 65535,
        default: 9000,
        form: "a port from 1024 to 65535, as a number without quotes",
        description:
          "TCP port of nginx on the backend. Where it is not the default, the tag ServicePort of the backend's security group tells the policy pack.",
      },
      loadBalancer: {
        type: "boolean",
        default: false,
        description:
          "Puts an internal application load balancer between gateway and backend, with health checks (about 16 USD a month at its least, and traffic). The backend's port is then open to it alone. Needs private subnets of /27 or larger in two zones.",
      },
      count: {
        type: "integer",
        minimum: 1,
        maximum: MOST_BACKENDS,
        default: 1,
        reason: "More hosts than that are a fleet (backend.mode).",
        description:
          "Backends behind the internal load balancer, each set up over SSH like the first, over the private subnets in turn (docs/how-to/run-several-backends.md). A release reaches one after another, and a bad one stops at the first. More than 1 needs `backend.loadBalancer: true` and `backend.mode: single`.",
      },
      ...fleetProperties,
      egress: {
        type: "array",
        items: object(
          {
            port: {
              type: "integer",
              minimum: 1,
              maximum: 65535,
              form: "a TCP port from 1 to 65535, without quotes",
              example: 5432,
              description: "TCP port of the service.",
            },
            cidr: {
              ...cidr,
              form: `${cidr.form}; a single address ends in /32`,
              example: "10.0.200.0/24",
              ending: "/32",
              description: "Where it is.",
            },
            securityGroup: {
              type: "string",
              pattern: "^sg-[0-9a-f]{8,17}$",
              form: "the id of a security group, sg- and 8 to 17 hex digits",
              example: "sg-0123456789abcdef0",
              description: "Whose members it is, in place of `cidr`.",
            },
            description: {
              type: "string",
              pattern: "^[A-Za-z0-9. _:/()#,@+=&;{}!$*-]{1,200}$",
              form: "a text of letters, digits, blanks and ._:/()#,@+=&;{}!$*-, which is what AWS takes",
              example: "the database",
              description: "What it is for.",
            },
          },
          { required: ["port", "description"], default: undefined },
        ),
        form: "a list of groups with port, description and one of cidr and securityGroup",
        example: [{ port: 5432, cidr: "10.0.200.0/24", description: "the database" }],
        default: [],
        description: "Services outside of the stack (a database, a cache) that the backend may connect to; without, only 80, 443 and time.",
      },
    }),
  },
  domain: {
    description:
      "Name under which clients reach the gateway by HTTPS. With it nginx serves on 443, and 80 redirects there; it needs a certificate (`tls`). Without it nothing listens on 443.",
    schema: domain,
  },
  tls: {
    description: "The certificate of `domain`: your own (`certificate` and `privateKey`), or one that the gateway gets by itself (`acme`).",
    schema: object(tlsProperties),
  },
  dns: {
    description: "The record of `domain`.",
    schema: object(dnsProperties),
  },
  access: {
    description:
      "How the set-up steps reach port 22 of the hosts: `ssh` (over the Internet to the gateway, and from there to the backend), `ssm` (sessions of Systems Manager; no port is open) or `instance-connect` (an EC2 Instance Connect Endpoint; port 22 is open to it alone). docs/how-to/close-port-22.md says what each needs. `none`: no step logs in anywhere and port 22 is closed; for `gateway.fleet` alone, whose hosts all set themselves up. There is no SSH key then.",
    schema: { type: "string", enum: ["ssh", "ssm", "instance-connect", "none"], default: "ssh" },
  },
  ssh: {
    description: "How the set-up steps log in.",
    schema: object({
      localPort: {
        type: "integer",
        minimum: 1024,
        maximum: 65534,
        form: "a port from 1024 to 65534, as a number without quotes",
        example: 24022,
        description:
          "With `access: ssm` and `instance-connect`: port of this machine that leads to the gateway while an update runs; the next one leads to the backend, and those behind it to further backends. By default they follow from the names of project and stack. A change runs the steps again, which change nothing.",
      },
      user: {
        type: "string",
        pattern: "^[a-z_][a-z0-9_-]{0,31}$",
        form: "a login name of at most 32 lower-case letters, digits, _ and -",
        default: "ubuntu",
        description: "Login of the image, with password-less sudo.",
      },
      privateKeyFile: {
        type: "string",
        minLength: 1,
        pattern: NOT_BLANK,
        form: "the path of a key file",
        example: "~/.ssh/ml-gateway",
        description: "File with the private key, when the secret `sshPrivateKey` is not used. `~` and paths relative to the project work.",
      },
      previousPrivateKeyFile: {
        type: "string",
        minLength: 1,
        pattern: NOT_BLANK,
        form: "the path of a key file",
        example: "~/.ssh/ml-gateway-old",
        description: "While the key is rotated: file with the key that the hosts accept now, when `sshPreviousPrivateKey` is not used.",
      },
    }),
  },
  sshPrivateKey: {
    description:
      "Private key (OpenSSH format, without a passphrase): `pulumi config set --secret sshPrivateKey < KEYFILE`. The base64 of the file is taken too. The public key that EC2 gets is derived from it.",
    secret: true,
    schema: { type: "string", minLength: 1, form: "a private key in OpenSSH or PEM form", example: "(from a file, by the command below)" },
  },
  sshPreviousPrivateKey: {
    description:
      "While the key is rotated: the private key that the hosts accept now, in the same forms. `sshPrivateKey` is then the new one. docs/how-to/rotate-keys-and-secrets.md says how; remove it afterwards.",
    secret: true,
    schema: { type: "string", minLength: 1, form: "a private key in OpenSSH or PEM form", example: "(from a file, by the command below)" },
  },
  app: {
    description: "Where the application comes from: exactly one of `path`, `git` and `bundle`.",
    required: true,
    schema: object({
      path: {
        type: "string",
        minLength: 1,
        pattern: NOT_BLANK,
        form: "the path of a folder",
        example: "templates/sample-app",
        description:
          "Folder with the Python package and `requirements.txt` or `pyproject.toml` (docs/applications.md). What its .gitignore leaves out is left out.",
      },
      git: object(
        {
          url: {
            type: "string",
            minLength: 1,
            form: "a clone URL that begins with https:// (or file://)",
            example: "https://github.com/owner/repository.git",
            description: "Clone URL (https, or file for a repository in the image), without credentials.",
          },
          commit,
          clone: {
            type: "string",
            minLength: 1,
            pattern: NOT_BLANK,
            form: "the path of a clone of the repository",
            example: "../my-service",
            description:
              "A clone of the repository on this machine, in which the commit is read at preview. Without it a mistake in the code is first reported on the host.",
          },
        },
        { required: ["url", "commit"], default: undefined, description: "A commit of a git repository that the hosts can reach." },
      ),
      bundle: object(
        {
          uri: s3Uri,
          sha256,
          file: {
            type: "string",
            minLength: 1,
            pattern: NOT_BLANK,
            form: "the path of a tar.gz",
            example: "build/app.tar.gz",
            description:
              "The same tar.gz on this machine, which is read at preview. Without it a mistake in the code is first reported on the host.",
          },
        },
        {
          required: ["uri", "sha256"],
          default: undefined,
          description: "A tar.gz in S3 with the Python package and `requirements.txt` or `pyproject.toml` at its top.",
        },
      ),
      requires: {
        type: "array",
        items: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$", form: "the name of a setting of .env", example: "DATABASE_URL" },
        uniqueItems: true,
        default: [],
        form: "a list of names of settings, each once",
        example: ["DATABASE_URL", "SECRET_KEY"],
        description:
          "Settings (`secretEnv` or `env`) without which the application does not work: a stack that lacks one is refused at preview. The sample application needs DATABASE_URL and SECRET_KEY.",
      },
      module: {
        type: "string",
        minLength: 1,
        form: "a Python module, a colon and the name of the application in it",
        default: DEFAULT_MODULE,
        description:
          "The application, as `MODULE:ATTRIBUTE`, at the folder's top or below `src/`; `MODULE:FUNCTION()` for a function that makes it.",
      },
      interface: {
        enum: ["asgi", "wsgi"],
        default: "asgi",
        description:
          "What the application speaks: ASGI (FastAPI, Starlette, Quart), or WSGI (Flask, Django), which runs through uvicorn's adapter (a2wsgi where it is installed).",
      },
      exclude: {
        ...patterns,
        description:
          "With `path`: files that are left out, as patterns of a .gitignore, on top of the folder's own; `!pattern` brings one back.",
      },
      allow: {
        ...patterns,
        description:
          "With `path`: files that are packed although they look like secrets, as patterns of a .gitignore. The state then keeps the code encrypted.",
      },
    }),
  },
  models: {
    description: "The models that the backend serves.",
    schema: object({
      manifest: {
        type: "string",
        minLength: 1,
        pattern: NOT_BLANK,
        default: "models-manifest/sample.json",
        form: "the path of a manifest (a JSON file that `npm run models -- add` makes)",
        description: "Manifest file. To roll back to an earlier release of the models, name its manifest.",
      },
      bucket: {
        type: "string",
        pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        form: "3 to 63 lower-case letters, digits and hyphens that begin and end with a letter or a digit",
        example: "my-models-123456789012",
        description: "Name of the model bucket. By default made from project, stack, account and region.",
      },
      published: {
        type: "boolean",
        default: false,
        description:
          "Files of the manifest that are not on this machine are taken to be in the bucket already (rolling back to an earlier release).",
      },
      adopt: {
        type: "boolean",
        default: false,
        description: "Take over a model bucket of that name that an earlier, destroyed stack left behind.",
      },
      existing: existingBucket,
    }),
  },
  health: {
    description:
      "How health is asked for on both hosts, what a healthy service answers, and how long a start may take. A release's trial, the service, a rollback and `npm run verify` all go by it.",
    schema: object({
      path: {
        type: "string",
        pattern: "^/[\\w./~-]*(\\?[\\w./~%&=+,:;@-]*)?$",
        maxLength: 1024,
        form: "a path that begins with a slash, of letters, digits and . _ ~ - /, and perhaps a query",
        example: "/health?full=1",
        default: DEFAULT_HEALTH.path,
        description: "Path of the health endpoint, with a query where it needs one.",
      },
      status: { type: "integer", minimum: 200, maximum: 599, default: DEFAULT_HEALTH.status, description: "Expected status." },
      body: {
        type: ["string", "object"],
        minLength: 1,
        maxLength: 4096,
        pattern: "^[^\\r\\n]+$",
        form: "a text of one line and at most 4096 characters (JSON needs single quotes around it; `any` also where the answer has no body), or keys of a JSON object below it",
        default: DEFAULT_HEALTH.body,
        description:
          "Expected body. A text on one line: byte for byte (`any`: every body). Keys below it: a JSON object that has these keys with these values, in any order and with others beside them, such as `status: healthy`.",
      },
      host: {
        type: "string",
        pattern: "^[A-Za-z0-9_.-]+(:[0-9]{1,5})?$",
        maxLength: 255,
        form: "a host name, and perhaps a port",
        example: "ml.example.org",
        description:
          "Host header of the request, for an application that answers certain hosts only (Django's ALLOWED_HOSTS). By default the address that is asked.",
      },
      headers: {
        type: "object",
        additionalProperties: {
          type: "string",
          minLength: 1,
          maxLength: 1024,
          pattern: "^[\\x20-\\x7e]+$",
          form: "a text of one line without umlauts",
          example: "probe",
        },
        default: {},
        example: { "X-Probe": "1" },
        description: "Further headers of the request. They are no place for a credential: they are stored in plain text.",
      },
      startSeconds: {
        type: "integer",
        minimum: 10,
        maximum: 1800,
        default: DEFAULT_HEALTH.startSeconds,
        description:
          "The longest that a start may take, in seconds, until health is as expected: of a release's candidate and of the service alike. The time limits of the release step and of the units follow from it. A process that ends is not waited for.",
      },
    }),
  },
  requests: {
    description:
      "Limits of requests, the same on both hosts. nginx, uvicorn and systemd follow them, and so does the sample application, by its .env (a value in `gateway.env` wins there).",
    schema: object({
      bodyMiB: limit(
        "bodyMiB",
        1024,
        "Largest request body in MiB; a larger one is answered with 413. It lies on the disk until it has arrived.",
      ),
      timeoutSeconds: limit(
        "timeoutSeconds",
        3600,
        "Longest wait for the application in seconds: for its answer, and between two parts of a stream (server-sent events need a comment line more often than that; WebSockets are pinged). A release waits that long for the requests that run, so none is cut off.",
      ),
      perSecond: limit("perSecond", 100000, "Requests a second from one client address, at the gateway; more are answered with 429."),
      burst: limit("burst", 100000, "Requests of one client address that may come at once on top of that."),
      connections: limit("connections", 65535, "Requests of one client address that may run at once, WebSockets and streams included."),
    }),
  },
  release: RELEASE_SECTION,
  env: {
    description: "Plain settings for the backend's .env, for example LOG_LEVEL and CACHE_TTL (seconds).",
    schema: {
      type: "object",
      additionalProperties: setting,
      default: {},
      form: "a group of names and texts",
      properties: {
        LOG_LEVEL: { enum: ["debug", "info", "warning", "error"], default: "info", description: "Log level of the application." },
        CACHE_TTL: {
          type: "string",
          pattern: "^[0-9]+$",
          form: "a whole number of seconds, 0 or more",
          default: "300",
          description: "Seconds that a cached prediction is used.",
        },
      },
    },
  },
  secretEnv: {
    description:
      "Secret settings for the backend's .env, such as DATABASE_URL, SECRET_KEY and API keys. `app.requires` says which of them the application cannot do without.",
    secret: true,
    schema: {
      type: "object",
      default: {},
      additionalProperties: secretSetting,
      form: "a group of names and secret texts",
      properties: {
        DATABASE_URL: {
          type: "string",
          pattern: "^[a-z][a-z0-9+.-]*:",
          form: "a URL that begins with the kind of the database and a colon",
          example: "sqlite:////home/ddos/data/cache.db",
          description: "Database URL, for example sqlite:////home/ddos/data/cache.db.",
        },
        SECRET_KEY: {
          type: "string",
          minLength: 16,
          form: "a random text of at least 16 characters",
          example: "(what openssl rand -hex 32 prints)",
          description: "Random text of at least 16 characters: `openssl rand -hex 32`.",
        },
      },
    },
  },
  python: {
    description: "Where Python packages come from.",
    schema: object({
      wheelhouse: object(
        { uri: s3Uri, sha256 },
        {
          required: ["uri", "sha256"],
          default: undefined,
          description: "A tar.gz of wheels in S3, for `pip install --no-index`. Needed with `network.egress: none`.",
        },
      ),
      index: {
        type: "string",
        form: "the https:// address of a package index (the page that lists packages), without name and password",
        example: "https://packages.example.com/simple",
        description: "An index of your own in place of PyPI, for pip and uv. The hosts reach it by https on port 443.",
      },
      indexUser: {
        type: "string",
        pattern: "^[!-~]{1,200}$",
        form: "a user name of visible ASCII characters",
        example: "__token__",
        description: "User name at `python.index`, where it asks for one.",
      },
      indexPassword: {
        type: "string",
        secret: true,
        pattern: "^[!-~]{8,4000}$",
        form: "a password or token of at least 8 visible ASCII characters",
        example: "the-token-of-your-index",
        description:
          "Password or token of `python.indexUser`: `pulumi config set --secret --path python.indexPassword`. On the hosts, root and the build of packages read it; give one that can read packages and nothing else.",
      },
    }),
  },
  sandbox: {
    description: "What the service may do on its host.",
    schema: object({
      allow: {
        type: "array",
        items: { enum: ALLOWANCES, example: "jit" },
        uniqueItems: true,
        form: `a list of ${ALLOWANCES.join(", ")}, each once`,
        example: ["jit"],
        default: [],
        description:
          "Opens parts of the service's sandbox that an application needs: `jit` memory that is written and run (numba, torch.compile), `proc` the whole of /proc (psutil), `netlink` the list of network interfaces, `scheduling` priorities and CPU affinity, `devices` /dev (a GPU), `metadata` the instance metadata with the credentials of the host's role. docs/operations.md says what each costs.",
      },
    }),
  },
  watch: WATCH_SECTION,
  ...ACCOUNT_SECTIONS,
  repair: {
    description:
      "A word or a date whose change makes every set-up step run again, which repairs what drifted on the hosts (`npm run verify` says what did).",
    schema: {
      type: "string",
      maxLength: 200,
      pattern: "^[^\\r\\n]*$",
      form: "a text of one line and at most 200 characters",
      example: "2026-11-27",
    },
  },
  backup: {
    description:
      "Backup of models, metrics and logs to the bucket, by a timer on the backend. A fleet has none: its hosts keep nothing that is not in the bucket.",
    schema: object({
      enabled: { type: "boolean", default: true, description: "Switches the timer on." },
      schedule: {
        type: "string",
        pattern: "^[^\\r\\n]+$",
        form: "a calendar expression of systemd on one line (no cron expression)",
        default: "daily",
        example: "*-*-* 03:00:00",
        description: "systemd calendar expression.",
      },
    }),
  },
};
