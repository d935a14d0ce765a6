/** Every key in at least two wrong ways: its type, its form or range, and what contradicts another key. */
import { instead, plus, type Case } from "./bad-file-cases";

const section = (name: string, body: string) => plus(`ml-gateway:${name}: ${body}`);
const gateway = (body: string) => instead("    sshFrom", `    ${body}\n    sshFrom`);
const sshFrom = (body: string) => instead("[198.51.100.7/32]", body);

const [VPC, SUBNET_A, SUBNET_B] = ["vpcId: vpc-0123456789abcdef0", "subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb1"];

/** What reads as if it were right. */
const ALIKE: readonly Case[] = [
  [
    "a type with a letter of another alphabet",
    section("backend", "{ instanceType: t3.mісro }"),
    /^ml-gateway:backend\.instanceType: found "t3\.mісro"; it holds "і", U\+0456, where plain letters and digits are needed; write an EC2/,
  ],
  [
    "digits of another script",
    section("backend", "{ port: ９００１ }"),
    /^ml-gateway:backend\.port: found "９００１"; it holds "９", U\+FF19, where plain/,
  ],
  [
    "a Mac",
    section("backend", "{ instanceType: mac1.metal }"),
    /^ml-gateway:backend\.instanceType: found "mac1\.metal", a Mac, which runs macOS/,
  ],
  [
    "a newer Mac, with its memory",
    section("backend", "{ instanceType: mac2-m2pro.metal, memoryMiB: 32768 }"),
    /^ml-gateway:backend\.instanceType: found "mac2-m2pro\.metal", a Mac/,
  ],
  [
    "a key of two groups beside them",
    section("workers", "2"),
    /^ml-gateway:workers: unknown key there; keys of that name are ml-gateway:gateway\.workers and ml-gateway:backend\.workers: move it/,
  ],
  [
    "a domain and nothing for it",
    section("domain", "ml.example.org"),
    /^ml-gateway:tls: has no certificate, .*\(tls\.acme\), or set your own: /,
  ],
  [
    "days that CloudWatch does not keep logs for",
    section("watch", "{ enabled: true, logs: true, logDays: 31 }"),
    /^ml-gateway:watch\.logDays: found 31; write 1, 3, 5, 7, 14, 30, 60,/,
  ],
];

const NETWORK: readonly Case[] = [
  [
    "a group as one text",
    section("network", "10.0.0.0/16"),
    /^ml-gateway:network: found a single value \("10\.0\.0\.0\/16"\); write a group/,
  ],
  ["a group as a list", section("network", "[cidr]"), /^ml-gateway:network: found the list \[cidr\]/],
  ["a group of nothing", section("network", ""), /^ml-gateway:network: found nothing below it; .* Or remove the line "network:"/],
  ["a block as a number", section("network", "{ cidr: 10 }"), /^ml-gateway:network\.cidr: found 10; put quotes around it;/],
  [
    "a block without its slash",
    section("network", "{ cidr: 10.0.0.0 }"),
    /^ml-gateway:network\.cidr: found "10\.0\.0\.0"; write an IPv4 block/,
  ],
  [
    "a block that is too large",
    section("network", "{ cidr: 10.0.0.0/8 }"),
    /^ml-gateway:network\.cidr: found 10\.0\.0\.0\/8; AWS takes blocks/,
  ],
  [
    "public addresses",
    section("network", "{ cidr: 8.8.0.0/16 }"),
    /^ml-gateway:network\.cidr: found 8\.8\.0\.0\/16, which are no private addresses/,
  ],
  [
    "another block without its subnets",
    section("network", "{ cidr: 10.7.0.0/16 }"),
    /^ml-gateway:network\.cidr: .* default blocks .* lie outside of it; give/,
  ],
  [
    "one zone with two subnets",
    section("network", "{ availabilityZones: [eu-central-1a] }"),
    /^ml-gateway:network\.availabilityZones: there is 1 zone and 2 blocks/,
  ],
  [
    "zones as one text",
    section("network", "{ availabilityZones: eu-central-1a }"),
    /^ml-gateway:network\.availabilityZones: .* a list is needed/,
  ],
  [
    "a zone twice",
    section("network", "{ availabilityZones: [eu-central-1a, eu-central-1a] }"),
    /^ml-gateway:network\.availabilityZones: .*twice/,
  ],
  [
    "the id of a zone",
    section("network", "{ availabilityZones: [euc1-az1, eu-central-1a] }"),
    /^ml-gateway:network\.availabilityZones\[0\]: found "euc1-az1"/,
  ],
  [
    "a zone that the account lacks",
    section("network", "{ availabilityZones: [eu-central-1a, eu-central-1z] }"),
    /^ml-gateway:network\.availabilityZones: eu-central-1z is not among/,
  ],
  ["subnets as a text", section("network", "{ gatewaySubnets: 10.0.1.0/24 }"), /^ml-gateway:network\.gatewaySubnets: .* a list is needed/],
  [
    "a subnet twice",
    section("network", "{ webserverSubnets: [10.0.9.0/24, 10.0.9.0/24] }"),
    /^ml-gateway:network\.webserverSubnets\[1\]: .*overlaps/,
  ],
  [
    "an existing network without its subnets",
    section("network", "{ egress: managed, existing: { vpcId: vpc-0123456789abcdef0 } }"),
    [/^ml-gateway:network\.existing\.gatewaySubnetId: missing/, /^ml-gateway:network\.existing\.webserverSubnetIds: missing/],
  ],
  [
    "a subnet's id as a VPC's",
    section(
      "network",
      `{ egress: managed, existing: { vpcId: ${SUBNET_A}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_B}] } }`,
    ),
    /^ml-gateway:network\.existing\.vpcId: found "subnet-.*; write the id of a VPC/,
  ],
  [
    "the same subnet twice",
    section(
      "network",
      `{ egress: managed, existing: { ${VPC}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_B}, ${SUBNET_B}] } }`,
    ),
    /^ml-gateway:network\.existing\.webserverSubnetIds: .*twice/,
  ],
  [
    "one subnet for a load balancer",
    section(
      "network",
      `{ egress: managed, existing: { ${VPC}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_B}], balancerSubnets: [{ id: ${SUBNET_A}, cidr: 10.20.1.0/24 }] } }`,
    ),
    /^ml-gateway:network\.existing\.balancerSubnets: .*two to six groups/,
  ],
  [
    "one subnet for both hosts",
    section("network", `{ egress: managed, existing: { ${VPC}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_A}] } }`),
    /^ml-gateway:network\.existing\.webserverSubnetIds\[0\]: found subnet-.*, which gatewaySubnetId names as well/,
  ],
  [
    "NAT on the gateway in a network of others",
    section("network", `{ existing: { ${VPC}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_B}] } }`),
    /^ml-gateway:network\.egress: is gateway \(the default\), .* set managed .*, or none/,
  ],
  [
    "blocks beside an existing network",
    section(
      "network",
      `{ cidr: 10.9.0.0/16, egress: managed, existing: { ${VPC}, gatewaySubnetId: ${SUBNET_A}, webserverSubnetIds: [${SUBNET_B}] } }`,
    ),
    /^ml-gateway:network\.cidr: is set, and network\.existing names a network that is there already/,
  ],
  [
    "an existing bucket as a name",
    section("models", "{ existing: team-models }"),
    /^ml-gateway:models\.existing: found "team-models".*a group .*bucket/,
  ],
  [
    "an existing bucket without its name",
    section("models", "{ existing: { prefix: ml/ } }"),
    /^ml-gateway:models\.existing\.bucket: missing/,
  ],
  [
    "an existing bucket by its ARN",
    section("models", '{ existing: { bucket: "arn:aws:s3:::team" } }'),
    /^ml-gateway:models\.existing\.bucket: found "arn:/,
  ],
  [
    "an existing bucket with a name that S3 does not take",
    section("models", "{ existing: { bucket: team..models } }"),
    /^ml-gateway:models\.existing\.bucket: found the bucket "team\.\.models"/,
  ],
  [
    "a prefix without its slash",
    section("models", "{ existing: { bucket: team-models, prefix: ml } }"),
    /^ml-gateway:models\.existing\.prefix: found "ml"; write one or more folders .*slash/,
  ],
  [
    "a prefix that begins with a slash",
    section("models", "{ existing: { bucket: team-models, prefix: /ml/ } }"),
    /^ml-gateway:models\.existing\.prefix: found "\/ml\/"/,
  ],
  [
    "a prefix that climbs out",
    section("models", "{ existing: { bucket: team-models, prefix: ml/../ } }"),
    /^ml-gateway:models\.existing\.prefix: found/,
  ],
  [
    "an unknown setting to manage",
    section("models", "{ existing: { bucket: team-models, manage: [lifecycle] } }"),
    /^ml-gateway:models\.existing\.manage\[0\]: found "lifecycle".*versioning/,
  ],
  [
    "a bucket of others and one of one's own",
    section("models", "{ bucket: my-models, existing: { bucket: team-models } }"),
    /^ml-gateway:models\.bucket: found "my-models", .*remove one of the two/,
  ],
  [
    "a bucket of others that is adopted",
    section("models", "{ adopt: true, existing: { bucket: team-models } }"),
    /^ml-gateway:models\.adopt: is set, .*remove one of the two/,
  ],
  ["egress in capitals", section("network", "{ egress: NONE }"), /^ml-gateway:network\.egress: found "NONE"; did you mean none\?/],
  [
    "egress as a switch",
    section("network", "{ egress: false }"),
    /^ml-gateway:network\.egress: found false; write gateway, managed or none/,
  ],
];

const SSH_FROM: readonly Case[] = [
  [
    "SSH from an address without /32",
    sshFrom("[198.51.100.7]"),
    /^ml-gateway:gateway\.sshFrom\[0\]: .* did you mean 198\.51\.100\.7\/32\?/,
  ],
  [
    "SSH from a block with a blank",
    sshFrom("['198.51.100.7/32 ']"),
    /^ml-gateway:gateway\.sshFrom\[0\]: .* did you mean 198\.51\.100\.7\/32\?/,
  ],
  [
    "SSH from a block in curly quotes",
    sshFrom("[“198.51.100.7/32”]"),
    /^ml-gateway:gateway\.sshFrom\[0\]: found “198.* write 198\.51\.100\.7\/32 with plain quotes/,
  ],
  ["SSH from a mask", sshFrom("[198.51.100.7/255.255.255.255]"), /^ml-gateway:gateway\.sshFrom\[0\]: found "198.*; write an IPv4 block/],
  ["SSH from a prefix above 32", sshFrom("[198.51.100.7/64]"), /^ml-gateway:gateway\.sshFrom\[0\]: .* after the slash is at most 32/],
  ["SSH from a number above 255", sshFrom("[198.51.100.300/32]"), /^ml-gateway:gateway\.sshFrom\[0\]: .* is at most 255/],
  ["SSH from a number with a zero before it", sshFrom("[198.051.100.7/32]"), /^ml-gateway:gateway\.sshFrom\[0\]: .* begins with 0/],
  [
    "SSH from host bits",
    sshFrom("[198.51.100.7/24]"),
    /^ml-gateway:gateway\.sshFrom\[0\]: .* host bits set .* 198\.51\.100\.0\/24, one address is 198\.51\.100\.7\/32$/,
  ],
  ["SSH from IPv6", sshFrom("['2001:db8::/32']"), /^ml-gateway:gateway\.sshFrom\[0\]: .* IPv6 and host names do not work/],
  ["SSH from a name", sshFrom("[office.example.org]"), /^ml-gateway:gateway\.sshFrom\[0\]: .* host names do not work/],
  ["SSH from nobody", sshFrom("[]"), /^ml-gateway:gateway\.sshFrom: found an empty list/],
  ["SSH from two blocks in one text", sshFrom("['198.51.100.7/32, 203.0.113.9/32']"), /^ml-gateway:gateway\.sshFrom\[0\]: found/],
  ["SSH from a group", sshFrom("{ me: 198.51.100.7/32 }"), /^ml-gateway:gateway\.sshFrom: found a group of keys \(me\)/],
];

const HOSTS: readonly Case[] = [
  ["an instance type without its dot", gateway("instanceType: t3micro"), /^ml-gateway:gateway\.instanceType: found "t3micro"/],
  ["an instance type in capitals", gateway("instanceType: T3.Micro"), /^ml-gateway:gateway\.instanceType: .* did you mean t3\.micro\?/],
  [
    "an instance type of nobody",
    section("backend", "{ instanceType: t3.gigantic }"),
    /^ml-gateway:backend\.instanceType: .*no instance type .* t3\.nano/,
  ],
  [
    "more memory than there is",
    section("backend", "{ instanceType: t3.micro, memoryMiB: 4096 }"),
    /^ml-gateway:backend\.memoryMiB: found 4096, and a t3\.micro has 1024/,
  ],
  ["memory in quotes", section("backend", "{ memoryMiB: '1024' }"), /^ml-gateway:backend\.memoryMiB: .* leave out the quotes/],
  [
    "a volume by another word",
    section("backend", "{ volumeGiB: 20 }"),
    /^ml-gateway:backend\.volumeGiB: unknown key; did you mean "rootVolumeGiB"\?/,
  ],
  [
    "a volume with its unit",
    gateway("rootVolumeGiB: 20GB"),
    /^ml-gateway:gateway\.rootVolumeGiB: found "20GB"; write a whole number from 10 to 100/,
  ],
  [
    "a volume that is too small",
    section("backend", "{ rootVolumeGiB: 4 }"),
    /^ml-gateway:backend\.rootVolumeGiB: .* Less than 10 GiB does not hold/,
  ],
  ["a release of Ubuntu as a number", gateway("os: 24.04"), /^ml-gateway:gateway\.os: found 24\.04; write ubuntu-22\.04 or ubuntu-24\.04/],
  ["a release of Ubuntu by its name", gateway("os: noble"), /^ml-gateway:gateway\.os: found "noble"/],
  ["an image that is none", gateway("ami: ubuntu"), /^ml-gateway:gateway\.ami: found "ubuntu"; write the id of an image/],
  [
    "an image and a release",
    section("backend", "{ ami: ami-0123456789abcdef0, os: ubuntu-24.04 }"),
    /^ml-gateway:backend\.os: .* remove one of the two/,
  ],
  ["workers as a word", section("backend", "{ workers: Auto }"), /^ml-gateway:backend\.workers: found "Auto"; did you mean auto\?/],
  ["no workers", section("backend", "{ workers: 0 }"), /^ml-gateway:backend\.workers: found 0; write auto, or a whole number from 1 to 64/],
  ["packages as a text", section("backend", "{ packages: ffmpeg }"), /^ml-gateway:backend\.packages: .* a list is needed/],
  ["a package with its version", section("backend", "{ packages: [ffmpeg=7] }"), /^ml-gateway:backend\.packages\[0\]: found "ffmpeg=7"/],
  ["a key in other capitals", gateway("elasticip: true"), /^ml-gateway:gateway\.elasticip: unknown key; did you mean "elasticIp"\?/],
  ["a switch as a word", gateway("elasticIp: yes"), /^ml-gateway:gateway\.elasticIp: found "yes"; only true and false count/],
  [
    "a port in quotes",
    section("backend", "{ port: '9001' }"),
    /^ml-gateway:backend\.port: found "9001"; that is a text: leave out the quotes/,
  ],
  ["a port of nothing", section("backend", "{ port: }"), /^ml-gateway:backend\.port: found nothing \(the value is empty\)/],
  ["a port that is taken", section("backend", "{ port: 8001 }"), /^ml-gateway:backend\.port: .* a new release is tried there/],
  ["a port for root", section("backend", "{ port: 443 }"), /^ml-gateway:backend\.port: found 443; write a port from 1024/],
  ["egress as one group", section("backend", "{ egress: { port: 5432 } }"), /^ml-gateway:backend\.egress: found a group of keys/],
  [
    "egress without a place",
    section("backend", "{ egress: [{ port: 5432, description: db }] }"),
    /^ml-gateway:backend\.egress\[0\]: found neither cidr/,
  ],
  [
    "egress with a key of its own",
    section("backend", "{ egress: [{ port: 5432, to: db.example.org, description: db }] }"),
    /^ml-gateway:backend\.egress\[0\]\.to: unknown key; known keys: port, cidr, securityGroup, description/,
  ],
  [
    "egress to an address",
    section("backend", "{ egress: [{ port: 5432, cidr: 10.0.200.5, description: db }] }"),
    /^ml-gateway:backend\.egress\[0\]\.cidr: .* did you mean 10\.0\.200\.5\/32\?/,
  ],
  [
    "egress to a group by its name",
    section("backend", "{ egress: [{ port: 5432, securityGroup: db, description: db }] }"),
    /^ml-gateway:backend\.egress\[0\]\.securityGroup: /,
  ],
  [
    "egress without a port",
    section("backend", "{ egress: [{ cidr: 10.0.200.0/24, description: db }] }"),
    /^ml-gateway:backend\.egress\[0\]\.port: missing\. .* Write a TCP port/,
  ],
  ["a proof in lower case", gateway("proof: { method: post }"), /^ml-gateway:gateway\.proof\.method: found "post"; did you mean POST\?/],
  [
    "a proof without its slash",
    gateway("proof: { path: predict }"),
    /^ml-gateway:gateway\.proof\.path: found "predict"; write a path that begins/,
  ],
  [
    "a proof with a body that GET lacks",
    gateway("proof: { method: GET, body: x }"),
    /^ml-gateway:gateway\.proof\.body: found a body, and a GET request has none/,
  ],
  ["a proof as a text", gateway("proof: /predict"), /^ml-gateway:gateway\.proof: found "\/predict"/],
  [
    "a body as an object",
    gateway("proof: { body: { a: 1 } }"),
    /^ml-gateway:gateway\.proof\.body: found a group of keys \(a\); a text is needed/,
  ],
];

const SSH: readonly Case[] = [
  ["a login with a host", section("ssh", "{ user: ubuntu@gateway }"), /^ml-gateway:ssh\.user: found "ubuntu@gateway"/],
  [
    "a login that the image lacks",
    section("ssh", "{ user: admin }"),
    /^ml-gateway:ssh\.user: found "admin", and the images of Ubuntu let in ubuntu alone/,
  ],
  [
    "root as the login",
    section("ssh", "{ user: root }"),
    /^ml-gateway:ssh\.user: found "root", and the set-up switches logins of root off/,
  ],
  ["the service's user as the login", section("ssh", "{ user: ddos }"), /^ml-gateway:ssh\.user: .* may not log in/],
  ["a key file of nothing", section("ssh", "{ privateKeyFile: }"), /^ml-gateway:ssh\.privateKeyFile: found nothing/],
  [
    "a key file as a list",
    section("ssh", "{ privateKeyFile: [a] }"),
    /^ml-gateway:ssh\.privateKeyFile: found the list \[a\]; a text is needed/,
  ],
  [
    "a key file that is not there",
    section("ssh", "{ privateKeyFile: keys/none }"),
    /^ml-gateway:ssh\.privateKeyFile: keys\/none: there is no such file/,
  ],
  [
    "a key file by a variable",
    section("ssh", "{ privateKeyFile: $HOME/.ssh/id }"),
    /^ml-gateway:ssh\.privateKeyFile: .*only ~\/ stands for your home/,
  ],
  [
    "a key file that is a folder",
    section("ssh", "{ privateKeyFile: templates }"),
    /^ml-gateway:ssh\.privateKeyFile: templates: is a folder/,
  ],
  [
    "a previous key file that is not there",
    section("ssh", "{ previousPrivateKeyFile: keys/none }"),
    /^ml-gateway:ssh\.previousPrivateKeyFile: keys\/none: /,
  ],
  ...(
    [
      ["empty", "", /is empty/],
      ["a word", "hello", /no private key in OpenSSH or PEM form/],
      ["a public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q me@here\n", /found a public key/],
      ["PKCS#8", `-----BEGIN ${"PRIVATE"} KEY-----\nMC4=\n-----END ${"PRIVATE"} KEY-----\n`, /PKCS#8/],
      ["PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\n", /key of PuTTY/],
      ["cut off", `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\nb3Bl\n`, /cut off/],
      ["damaged", `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\n%%%%\n-----END OPENSSH ${"PRIVATE"} KEY-----\n`, /is damaged/],
      ["UTF-16", Buffer.from(`\ufeff-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\n`, "utf16le"), /no text in UTF-8/],
      ["a certificate", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n", /found a certificate/],
    ] as const
  ).map(([title, content, message]): Case => [
    `a key file: ${title}`,
    section("ssh", "{ privateKeyFile: keys/one }"),
    new RegExp(`^ml-gateway:ssh\\.privateKeyFile: keys/one: .*${message.source}`),
    { "keys/one": content },
  ]),
];

const WAY: readonly Case[] = [
  ["another way to the hosts", section("access", "vpn"), /^ml-gateway:access: found "vpn"; write ssh, ssm, instance-connect or none/],
  ["a fleet that is a number", gateway("fleet: 2"), /^ml-gateway:gateway\.fleet: found 2/],
  [
    "a fleet of gateways, and nothing that it needs",
    gateway("fleet: { min: 5 }"),
    [
      /^ml-gateway:gateway\.fleet: is given, and gateway\.loadBalancer is not true/,
      /^ml-gateway:access: found ssh, and with gateway\.fleet/,
      /^ml-gateway:backend\.mode: is not fleet/,
      /^ml-gateway:network\.egress: found gateway/,
      /^ml-gateway:gateway\.fleet\.min: found 5, and max is 4/,
    ],
  ],
  ["a gateway that nobody can reach", section("access", "none"), /^ml-gateway:access: found none, and the gateway is one host/],
  ["a way as a list", section("access", "[ssm]"), /^ml-gateway:access: found the list \[ssm\]/],
  ["a port of the system", section("ssh", "{ localPort: 22 }"), /^ml-gateway:ssh\.localPort: found 22; write a port from 1024/],
  ["a port as a word", section("ssh", "{ localPort: any }"), /^ml-gateway:ssh\.localPort: found "any"; write a port from 1024/],
  [
    "a port that nothing listens on",
    section("ssh", "{ localPort: 24022 }"),
    /^ml-gateway:ssh\.localPort: found 24022, and with access ssh/,
  ],
];

const REST: readonly Case[] = [
  ["a manifest as a list", section("models", "{ manifest: [a.json] }"), /^ml-gateway:models\.manifest: found the list \[a\.json\]/],
  [
    "a bucket in capitals",
    section("models", "{ bucket: My-Models }"),
    /^ml-gateway:models\.bucket: found "My-Models"; did you mean my-models\?/,
  ],
  ["a bucket with two dots", section("models", "{ bucket: my..models }"), /^ml-gateway:models\.bucket: .* two dots/],
  ["a bucket like an address", section("models", "{ bucket: 10.0.0.1 }"), /^ml-gateway:models\.bucket: .* form of an IP address/],
  ["a bucket that S3 keeps", section("models", "{ bucket: xn--models }"), /^ml-gateway:models\.bucket: .* begins with xn--/],
  ["published as a word", section("models", "{ published: no }"), /^ml-gateway:models\.published: found "no"; only true and false count/],
  ["adopt as a number", section("models", "{ adopt: 1 }"), /^ml-gateway:models\.adopt: found 1; write true or false/],
  ["health without its slash", section("health", "{ path: health }"), /^ml-gateway:health\.path: found "health"/],
  ["health as an address", section("health", "{ path: 'http://localhost/health' }"), /^ml-gateway:health\.path: found "http/],
  ["a status as a text", section("health", "{ status: OK }"), /^ml-gateway:health\.status: found "OK"; write a whole number from 200/],
  ["a status that is none", section("health", "{ status: 99 }"), /^ml-gateway:health\.status: found 99/],
  ["a body as a list", section("health", "{ body: [ok] }"), /^ml-gateway:health\.body: found the list \[ok\]/],
  ["a body of two lines", section("health", '{ body: "a\\nb" }'), /^ml-gateway:health\.body: found "a\\nb"; write a text of one line/],
  ["a body that cannot come", section("health", "{ status: 204 }"), /^ml-gateway:health\.body: .* write: body: any$/],
  ["a host as an address", section("health", "{ host: 'https://ml.example.org' }"), /^ml-gateway:health\.host: found "https/],
  ["a host as a number", section("health", "{ host: 80 }"), /^ml-gateway:health\.host: found 80; put quotes around it/],
  ["headers as a list", section("health", "{ headers: ['X-A: b'] }"), /^ml-gateway:health\.headers: found the list/],
  [
    "a header for credentials",
    section("health", "{ headers: { Authorization: Bearer hunter2 } }"),
    /^ml-gateway:health\.headers\.Authorization: looks like a credential/,
  ],
  [
    "a start as a time",
    section("health", "{ startSeconds: 90s }"),
    /^ml-gateway:health\.startSeconds: found "90s"; write a whole number from 10/,
  ],
  ["a start of nothing", section("health", "{ startSeconds: 0 }"), /^ml-gateway:health\.startSeconds: found 0/],
  [
    "a body size with its unit",
    section("requests", "{ bodyMiB: 20M }"),
    /^ml-gateway:requests\.bodyMiB: found "20M"; write a whole number from 1 to 1024/,
  ],
  ["a timeout of nothing", section("requests", "{ timeoutSeconds: 0 }"), /^ml-gateway:requests\.timeoutSeconds: found 0/],
  ["a rate in quotes", section("requests", "{ perSecond: '5' }"), /^ml-gateway:requests\.perSecond: .* leave out the quotes/],
  ["a burst below nothing", section("requests", "{ burst: -1 }"), /^ml-gateway:requests\.burst: found -1/],
  ["half a connection", section("requests", "{ connections: 0.5 }"), /^ml-gateway:requests\.connections: found 0\.5/],
  ["a name with a hyphen", section("env", "{ LOG-FORMAT: json }"), /^ml-gateway:env\.LOG-FORMAT: is not a name .* for example LOG_FORMAT$/],
  ["a setting of nothing", section("env", "{ LOG_FORMAT: }"), /^ml-gateway:env\.LOG_FORMAT: found nothing/],
  ["a setting as a list", section("env", "{ HOSTS: [one, two] }"), /^ml-gateway:env\.HOSTS: found the list \[one, two\]; a text is needed/],
  ["settings as lines", section("env", "[A=b]"), /^ml-gateway:env: found the list \[A=b\]/],
  ["a version as a number", section("env", "{ VERSION: 1.10 }"), /^ml-gateway:env\.VERSION: found 1\.10 without quotes/],
  ["a word for yes", section("env", "{ FEATURE: on }"), /^ml-gateway:env\.FEATURE: found on without quotes/],
  ["an unknown log level", section("env", "{ LOG_LEVEL: WARN }"), /^ml-gateway:env\.LOG_LEVEL: found "WARN"/],
  ["seconds with a unit", section("env", "{ CACHE_TTL: 5m }"), /^ml-gateway:env\.CACHE_TTL: found "5m"; write a whole number of seconds/],
  ["a secret among the plain settings", section("env", "{ API_TOKEN: hunter2 }"), /^ml-gateway:env\.API_TOKEN: looks like a secret/],
  ["a password in a plain URL", section("env", "{ CACHE: 'redis://u:hunter2@h' }"), /^ml-gateway:env\.CACHE: holds a password/],
  [
    "the gateway's secret among the plain settings",
    gateway("env: { API_TOKEN: hunter2 }"),
    /^ml-gateway:gateway\.env\.API_TOKEN: .*gateway\.secretEnv\.API_TOKEN'$/,
  ],
  ["a setting of the program", gateway("env: { UPSTREAM_URL: x }"), /^ml-gateway:gateway\.env\.UPSTREAM_URL: is set by the program/],
  [
    "a wheelhouse as an address",
    section("python", "{ wheelhouse: s3://b/w.tgz }"),
    /^ml-gateway:python\.wheelhouse: found "s3:\/\/b\/w\.tgz"/,
  ],
  [
    "a wheelhouse without a digest",
    section("python", "{ wheelhouse: { uri: s3://wheels/w.tgz } }"),
    /^ml-gateway:python\.wheelhouse\.sha256: missing/,
  ],
  [
    "a number with thousands",
    section("backend", "{ port: 9,000 }"),
    /^Pulumi\.trial\.yaml: line \d+: has 9,000 between braces, .* write 9000$/,
  ],
  [
    "a number with a decimal comma",
    section("requests", "{ perSecond: 1,5, burst: 3 }"),
    /^Pulumi\.trial\.yaml: line \d+: has 1,5 .* write 1\.5$/,
  ],
  [
    "a number without end",
    section("backend", "{ port: .inf }"),
    /^ml-gateway:backend\.port: found \.inf, which YAML reads as a number without end/,
  ],
  ["what is no number", section("requests", "{ bodyMiB: .nan }"), /^ml-gateway:requests\.bodyMiB: found \.nan/],
  ["a sandbox that is open", section("sandbox", "{ allow: [all] }"), /^ml-gateway:sandbox\.allow\[0\]: found "all"/],
  ["a sandbox as a text", section("sandbox", "{ allow: jit }"), /^ml-gateway:sandbox\.allow: .* a list is needed/],
  ["repair as a group", section("repair", "{ a: 1 }"), /^ml-gateway:repair: found a group of keys \(a\)/],
  ["repair without end", section("repair", "x".repeat(300)), /^ml-gateway:repair: found "x+…; write a text of one line and at most 200/],
  [
    "a schedule of cron",
    section("backup", "{ schedule: '15 4 * * *' }"),
    /^ml-gateway:backup\.schedule: .* cron expression, .* '\*-\*-\* 04:15:00'/,
  ],
  [
    "a schedule in words",
    section("backup", "{ schedule: every night }"),
    /^ml-gateway:backup\.schedule: .* no calendar expression of systemd/,
  ],
  ["a day that never comes", section("backup", "{ schedule: '*-02-30' }"), /^ml-gateway:backup\.schedule: .* never comes/],
  ["backup as a word", section("backup", "{ enabled: off }"), /^ml-gateway:backup\.enabled: found "off"; only true and false count/],
];

const KEY_ID = "01234567-89ab-cdef-0123-456789abcdef";
const ACCOUNT: readonly Case[] = [
  [
    "mail to nobody",
    section("watch", "{ enabled: true, emails: [me@example.com] }"),
    /^ml-gateway:watch\.emails\[0\]: found me@example\.com, an address of examples, .* write your own$/,
  ],
  [
    "a health path that Route 53 does not take",
    plus("ml-gateway:watch: { enabled: true }", `ml-gateway:health: { path: '/${"a".repeat(300)}' }`),
    /^ml-gateway:health\.path: found 301 characters, and the health check of watch\.enabled takes 255; make it shorter/,
  ],
  [
    "a health status that Route 53 does not take",
    plus("ml-gateway:watch: { enabled: true }", "ml-gateway:health: { status: 401 }"),
    /^ml-gateway:health\.status: found 401, and Route 53 takes 2xx and 3xx alone/,
  ],
  [
    "mail to a name",
    section("watch", "{ enabled: true, emails: [me] }"),
    /^ml-gateway:watch\.emails\[0\]: found "me"; write an address for mail/,
  ],
  [
    "access logs of a load balancer that is not there",
    instead("sshFrom:", "accessLogs: { days: 30 }\n    sshFrom:"),
    /^ml-gateway:gateway\.accessLogs: is given, and gateway\.loadBalancer is not true, so that nothing would write them; set that/,
  ],
  [
    "a check without alarms",
    section("watch", "{ drift: true }"),
    /^ml-gateway:watch\.drift: found true, and watch\.enabled is not, so that nothing is watched; set it to true$/,
  ],
  [
    "alarms on a check of hosts that nobody logs in to",
    (good) => plus("ml-gateway:watch: { enabled: true, drift: true }", "ml-gateway:access: none")(gateway("fleet: { min: 2 }")(good)),
    [
      /^ml-gateway:gateway\.fleet: is given, and gateway\.loadBalancer is not true/,
      /^ml-gateway:backend\.mode: is not fleet/,
      /^ml-gateway:network\.egress: found gateway/,
      /^ml-gateway:watch\.drift: found true, and with gateway\.fleet nobody logs in to a host/,
    ],
  ],
  [
    "metrics without alarms",
    section("watch", "{ metrics: true }"),
    /^ml-gateway:watch\.metrics: found true, and watch\.enabled is not, so that nothing is watched; set it to true$/,
  ],
  [
    "logs of a backend without a way out",
    plus("ml-gateway:watch: { enabled: true, logs: true }", "ml-gateway:network: { egress: none }"),
    [
      /^ml-gateway:backend\.ami: missing/,
      /^ml-gateway:python\.wheelhouse: missing/,
      /^ml-gateway:watch\.logs: found true, and with network\.egress none the backend does not reach CloudWatch; set it to false, or give/,
    ],
  ],
  ["logs for a fortnight", section("watch", "{ enabled: true, logs: true, logDays: 15 }"), /^ml-gateway:watch\.logDays: found 15/],
  [
    "an alarm that is always on",
    section("watch", "{ enabled: true, thresholds: { memoryPercent: 0 } }"),
    /^ml-gateway:watch\.thresholds\.memoryPercent: found 0/,
  ],
  [
    "mail without alarms",
    section("watch", "{ emails: [me@shop.io] }"),
    /^ml-gateway:watch\.emails: found addresses, and watch\.enabled is not true/,
  ],
  ["protection as a word", section("protect", "{ hosts: on }"), /^ml-gateway:protect\.hosts: found "on"; only true and false count/],
  ["protection of nothing", section("protect", "true"), /^ml-gateway:protect: found a single value \("true"\); write a group/],
  [
    "a tag of AWS",
    section("tags", "{ 'aws:Owner': me }"),
    /^ml-gateway:tags: found the name "aws:Owner", and AWS keeps .* write another name$/,
  ],
  [
    "a tag of the program's",
    section("tags", "{ stack: me }"),
    /^ml-gateway:tags: found the name "stack", and the program sets Stack itself \(IAM/,
  ],
  [
    "tags that differ in capitals",
    section("tags", "{ Owner: me, owner: you }"),
    /^ml-gateway:tags: found the name "owner", and there is Owner too/,
  ],
  [
    "a tag with a mark that AWS does not take",
    section("tags", "{ 'a*b': me }"),
    /^ml-gateway:tags: found the name "a\*b", and AWS takes letters/,
  ],
  [
    "a tag's text with one",
    section("tags", "{ Owner: 'me & you' }"),
    /^ml-gateway:tags\.Owner: found "me & you"; write a text of at most 256/,
  ],
  ["a tag as a number", section("tags", "{ CostCenter: 4711 }"), /^ml-gateway:tags\.CostCenter: found 4711; put quotes around it/],
  [
    "a tag without a name",
    section("tags", "{ '': me }"),
    /^ml-gateway:tags: found the name an empty text, which nobody could search for; write a name/,
  ],
  [
    "a tag with a blank at its end",
    section("tags", "{ 'Owner ': me }"),
    /^ml-gateway:tags: found the name "Owner ", with blanks around it, .* remove them$/,
  ],
  [
    "a tag's name without end",
    section("tags", `{ ${"é".repeat(129)}: me }`),
    /^ml-gateway:tags: found the name "é+…?"?, which has 129 characters/,
  ],
  [
    "a tag of the provider's",
    plus("aws:defaultTags: { tags: { Team: a } }", "ml-gateway:tags: { team: b }"),
    /^ml-gateway:tags: found the name "team", and aws:defaultTags has Team .* keep one of the two$/,
  ],
  [
    "more tags than Route 53 takes on a hosted zone",
    plus(
      `ml-gateway:tags: { ${Array.from({ length: 9 }, (_, n) => `T${n}: a`).join(", ")} }`,
      "ml-gateway:backend: { loadBalancer: true }",
    ),
    /^ml-gateway:tags: found 9 tags; with Name and Stack.* the hosted zone of backend\.loadBalancer would have 1\d, and Route 53 takes 10; keep at most \d$/,
  ],
  [
    "more tags than Route 53 takes on a health check",
    plus(
      `aws:defaultTags: { tags: { ${Array.from({ length: 9 }, (_, n) => `T${n}: a`).join(", ")} } }`,
      "ml-gateway:watch: { enabled: true, emails: [me@your-company.com] }",
    ),
    /^aws:defaultTags: found 9 tags; with Name and Stack the health check of watch\.enabled would have 11, and Route 53 takes 10; keep at most 8$/,
  ],
  [
    "more tags than AWS takes",
    section("tags", `{ ${Array.from({ length: 47 }, (_, n) => `T${n}: a`).join(", ")} }`),
    /^ml-gateway:tags: found 47 tags; AWS takes 50 on a resource, and 4 are the program's and 0 .* keep at most 46$/,
  ],
  [
    "more of the provider's than a model takes",
    plus(`aws:defaultTags: { tags: { ${Array.from({ length: 10 }, (_, n) => `T${n}: a`).join(", ")} } }`),
    /^aws:defaultTags: found 10 tags; .* a model in the bucket would have 11, and S3 takes 10 .* move some to ml-gateway:tags/,
  ],
  [
    "a boundary by its name",
    section("iam", "{ permissionsBoundary: boundary }"),
    /^ml-gateway:iam\.permissionsBoundary: found "boundary"; write the ARN of an IAM policy/,
  ],
  [
    "a role as the boundary",
    section("iam", "{ permissionsBoundary: 'arn:aws:iam::123456789012:role/x' }"),
    /^ml-gateway:iam\.permissionsBoundary: found "arn/,
  ],
  [
    "a boundary of another partition",
    section("iam", "{ permissionsBoundary: 'arn:aws-cn:iam::123456789012:policy/x' }"),
    /^ml-gateway:iam\.permissionsBoundary: found an ARN of the partition aws-cn, and aws:region eu-central-1 is in aws; write/,
  ],
  [
    "a path without its slash",
    section("iam", "{ path: /team }"),
    /^ml-gateway:iam\.path: found "\/team"; write a path of IAM .* begins and ends with a slash/,
  ],
  [
    "a key by its id",
    section("kms", `{ bucketKey: ${KEY_ID} }`),
    /^ml-gateway:kms\.bucketKey: found "01234567.*; write the ARN of a KMS key/,
  ],
  [
    "a key of another region",
    section("kms", `{ volumeKey: 'arn:aws:kms:us-east-1:123456789012:key/${KEY_ID}' }`),
    /^ml-gateway:kms\.volumeKey: found a key of us-east-1, and S3, EBS and CloudWatch in eu-central-1 .* name one of eu-central-1$/,
  ],
  [
    "a key for logs that are not sent",
    section("kms", "{ logKey: alias/ml-gateway }"),
    /^ml-gateway:kms\.logKey: is given, and watch\.logs is not true, .* or remove it$/,
  ],
  [
    "a key of AWS",
    section("kms", "{ volumeKey: alias/aws/ebs }"),
    /^ml-gateway:kms\.volumeKey: found alias\/aws\/ebs, a key that AWS manages .* remove the setting$/,
  ],
];

/** Keys that stand somewhere else than they should, or whose letters only look right. */
const PLACES: readonly Case[] = [
  [
    "a key of a group at the top",
    section("fleet", "{ min: 2 }"),
    /^ml-gateway:fleet: unknown key there; keys of that name are ml-gateway:gateway\.fleet and ml-gateway:backend\.fleet: move it to the one that is meant/,
  ],
  [
    "a section inside of a group",
    section("ssh", "{ access: ssm }"),
    /^ml-gateway:ssh\.access: unknown key there; the key of that name is ml-gateway:access: move it/,
  ],
  [
    "a key of another group",
    section("network", "{ sshFrom: [198.51.100.7/32] }"),
    /^ml-gateway:network\.sshFrom: .* the key of that name is ml-gateway:gateway\.sshFrom: move it/,
  ],
  [
    "the domain below tls",
    section("tls", "{ domain: ml.company.com, acme: { email: a@company.com, agreeToTerms: true } }"),
    /^ml-gateway:tls\.domain: .* ml-gateway:domain: move it/,
  ],
  [
    "a name of several groups",
    section("network", "{ workers: 2 }"),
    /^ml-gateway:network\.workers: unknown key there; keys of that name are ml-gateway:gateway\.workers and /,
  ],
  [
    "all keys in a group of the project",
    plus("ml-gateway:", "  backend: { port: 9001 }"),
    /^ml-gateway: found a group of that name, .* write ml-gateway:backend: /,
  ],
  [
    "a letter of another alphabet",
    plus("ml-gateway:\u0430ccess: ssm"),
    /unknown key \(it holds "\u0430", U\+0430, .*\); did you mean "access"\?$/,
  ],
  [
    "a blank that is not seen",
    plus("ml-gateway:\u00a0repair: x"),
    /unknown key \(it holds a blank or an invisible character, U\+00A0, .*\); did you mean "repair"\?$/,
  ],
  [
    "keys taken over from a text",
    gateway("<<: hello"),
    /^Pulumi\.trial\.yaml: line 4: takes over keys \(<<:\), and what follows is no group; write the keys/,
  ],
  [
    "a limit of metrics that are not sent",
    section("watch", "{ enabled: true, thresholds: { memoryPercent: 80 } }"),
    /^ml-gateway:watch\.thresholds\.memoryPercent: is given, and watch\.metrics is not true,/,
  ],
  [
    "days of logs that are not sent",
    section("watch", "{ enabled: true, logDays: 90 }"),
    /^ml-gateway:watch\.logDays: is given, and watch\.logs is not true,/,
  ],
  ["a domain as an address", section("domain", "https://ml.company.com/ui"), [/^ml-gateway:domain: .*; did you mean ml\.company\.com\? /]],
  ["a domain of other letters", section("domain", "b\u00fccher.de"), /^ml-gateway:domain: .*; did you mean xn--bcher-kva\.de\? /],
  [
    "an application by its address",
    instead("templates/sample-app", "https://github.com/owner/name"),
    /^ml-gateway:app\.path: found "https:.*, an address and not a folder .*; write it as app\.git/,
  ],
  [
    "an application in S3",
    instead("templates/sample-app", "s3://bucket/app.tar.gz"),
    /^ml-gateway:app\.path: found "s3:.*; write it as app\.bundle/,
  ],
];

export const KEY_CASES: readonly Case[] = [...ALIKE, ...NETWORK, ...SSH_FROM, ...HOSTS, ...SSH, ...WAY, ...REST, ...ACCOUNT, ...PLACES];
