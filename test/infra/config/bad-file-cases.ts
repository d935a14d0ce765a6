/** The file as a whole: YAML, its top, prefixes, what is encrypted and what is not. */

/** Title, the file or how it differs from one without a mistake, what is said of it (one pattern each), files beside it. */
export type Case = readonly [
  title: string,
  stackFile: string | Buffer | ((good: string) => string | Buffer),
  expected: RegExp | readonly RegExp[],
  files?: Readonly<Record<string, string | Buffer>>,
];

export const plus =
  (...lines: readonly string[]) =>
  (good: string): string =>
    `${good}${lines.map((line) => `  ${line}\n`).join("")}`;
export const instead =
  (old: string, text: string) =>
  (good: string): string => {
    if (!good.includes(old)) throw new Error(`the good file has no ${old}`);
    return good.replace(old, text);
  };

const REGION = "eu-central-1";
const region = (text: string) => instead(REGION, text);

const YAML: readonly Case[] = [
  ["nothing in it", "", /^Pulumi\.trial\.yaml: is empty; begin it with a line config:/],
  ["comments only", "# settings\n\n", /^Pulumi\.trial\.yaml: is empty;/],
  ["a list", "- ml-gateway:app\n", /^Pulumi\.trial\.yaml: is a list, and a group of keys is needed;/],
  ["prose", "hello\n", /^Pulumi\.trial\.yaml: holds only a text;/],
  ["bytes", Buffer.from([0x1f, 0x8b, 8, 0, 0]), /^Pulumi\.trial\.yaml: is not a text file/],
  ["UTF-16", (good) => Buffer.from(`\ufeff${good}`, "utf16le"), /^Pulumi\.trial\.yaml: is not a text file .*not UTF-8/],
  ["too large", plus("ml-gateway:env:", `  LONG: ${"x".repeat(600_000)}`), /^Pulumi\.trial\.yaml: has 586 KiB, and settings fit in 256;/],
  ["a tab", instead("    path", "\tpath"), /^Pulumi\.trial\.yaml: line 6: .* a tab at its beginning; indent with spaces$/],
  ["a blank that was pasted", instead("    path", "\u00a0\u00a0  path"), /^Pulumi\.trial\.yaml: line 6: .*no plain space/],
  ["a quote that does not end", instead("templates/", "'templates/"), /^Pulumi\.trial\.yaml: line \d+: .* a quote, bracket or colon/],
  ["a bracket that does not end", instead("/32]", "/32"), /^Pulumi\.trial\.yaml: line \d+: is not valid YAML: /],
  ["a key twice", plus("ml-gateway:app:", "  path: elsewhere"), /^Pulumi\.trial\.yaml: line 7: has the key ml-gateway:app a second time/],
  [
    "two keys twice",
    plus("aws:region: eu-west-1", "ml-gateway:app: {}"),
    [/^Pulumi\.trial\.yaml: line 7: has the key aws:region /, /^Pulumi\.trial\.yaml: line 8: has the key ml-gateway:app /],
  ],
  ["config: twice", (good) => `${good}config:\n  aws:profile: x\n`, /^Pulumi\.trial\.yaml: line 7: has the key config a second time/],
  ["two documents", (good) => `${good}---\nconfig: {}\n`, /^Pulumi\.trial\.yaml: holds 2 documents/],
  [
    "a conflict of git",
    (good) => good.replace("  ml-gateway:app", "<<<<<<< HEAD\n  ml-gateway:app").concat("=======\n>>>>>>> theirs\n"),
    /^Pulumi\.trial\.yaml: line 5: holds a conflict of git that is not resolved/,
  ],
  ["a reference to nothing", plus("ml-gateway:network: *net"), /^Pulumi\.trial\.yaml: line 7: refers to \*net, and nothing above/],
  [
    "a reference to itself",
    plus("ml-gateway:network: &net", "  cidr: *net"),
    /^Pulumi\.trial\.yaml: line 8: refers to \*net, which it is a part of/,
  ],
  [
    "references that multiply",
    (good) =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdef"]
        .map(
          (name, index) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${"abcde"[index] ?? ""}`)
              .join()}]\n`,
        )
        .join("")}${good}`,
    /^Pulumi\.trial\.yaml: repeats so much by references/,
  ],
  [
    "a tag of Python",
    plus("ml-gateway:backend: !!python/object {port: 9001}"),
    /^Pulumi\.trial\.yaml: line 7: has the tag !!python\/object/,
  ],
  ["a tag for bytes", plus("ml-gateway:repair: !!binary aGVsbG8="), /^Pulumi\.trial\.yaml: line 7: has the tag !!binary/],
  ["a local tag", plus("ml-gateway:repair: !Ref Thing"), /^Pulumi\.trial\.yaml: line 7: has the tag !Ref/],
  ["a key that is a list", plus("? [a]", ": b"), /^Pulumi\.trial\.yaml: line 7: has a key that is no name/],
  ["nesting without end", plus(`ml-gateway:network: ${"[".repeat(2000)}`), /^Pulumi\.trial\.yaml: (line 7: |is nested)/],
  [
    "no space after a colon",
    plus("ml-gateway:backend:", "  port:9001"),
    /^ml-gateway:backend: .* A space is missing after the colon of "port:"/,
  ],
  ["a date without quotes", plus("ml-gateway:repair: 2026-11-27"), /^ml-gateway:repair: found 2026-11-27 without quotes/],
  [
    "a number that begins with 0",
    plus("ml-gateway:backend:", "  port: 09000"),
    /^ml-gateway:backend\.port: found 09000, which begins with 0/,
  ],
];

const TOP: readonly Case[] = [
  [
    "config: missing",
    (good) => good.replace("config:\n", "").replace(/^ {2}/gm, ""),
    /^Pulumi\.trial\.yaml: the line config: is missing above aws:region/,
  ],
  ["config: misspelt", instead("config:", "confg:"), /^Pulumi\.trial\.yaml: found confg: at the top; did you mean config:\?/],
  [
    "config: within config:",
    (good) => `config:\n  ${good.replaceAll("\n", "\n  ").trimEnd()}\n`,
    /^Pulumi\.trial\.yaml: config: is there twice/,
  ],
  ["config: of one value", "config: ml-gateway\n", /^Pulumi\.trial\.yaml: config: holds a single value/],
  ["config: as a list", "config:\n  - aws:region: eu-west-1\n", /^Pulumi\.trial\.yaml: config: holds a list/],
  ["config: of nothing", "config:\n", /^Pulumi\.trial\.yaml: config: has nothing below it/],
  [
    "a setting beside config:",
    (good) => `${good}ml-gateway:repair: again\n`,
    /^Pulumi\.trial\.yaml: ml-gateway:repair: stands beside config:/,
  ],
  ["the export of a stack", '{"version":3,"deployment":{}}', /^Pulumi\.trial\.yaml: has no config:/],
  [
    "a prefix without its hyphen",
    instead("ml-gateway:app", "mlgateway:app"),
    /^mlgateway:app: nothing reads it; did you mean "ml-gateway:app"\?/,
  ],
  ["a prefix in capitals", instead("ml-gateway:app", "ML-GATEWAY:app"), /^ML-GATEWAY:app: nothing reads it;/],
  ["an invisible letter in a prefix", instead("ml-gateway:app", "ml-gateway\u200b:app"), /^ml-gateway\\u200b:app: nothing reads it;/],
  ["an unknown section", plus("ml-gateway:loadbalancer: {}"), /^ml-gateway:loadbalancer: unknown key; known keys: /],
  ["a misspelt section", plus("ml-gateway:helth: {}"), /^ml-gateway:helth: unknown key; did you mean "health"\?/],
  ["a number as a section", plus("7: x"), /^ml-gateway:7: unknown key/],
  ["set without --path", plus("ml-gateway:backend.port: 9001"), /^ml-gateway:backend\.port: found a key of that whole name/],
  ["a secret set without --path", plus("ml-gateway:secretEnv.PIN: hunter2"), /^ml-gateway:secretEnv\.PIN: .* treat the old value as known/],
];

const REGIONS: readonly Case[] = [
  ["no region", (good) => good.replace(/ {2}aws:region.*\n/, ""), /^aws:region: missing, and AWS_REGION is not set either/],
  ["a region of nobody", region("mars-north-1"), /^aws:region: found "mars-north-1", which is no region of AWS; /],
  [
    "a region that is not there",
    region("eu-central-9"),
    /^aws:region: found "eu-central-9", which is none of the regions .* aws:skipRegionValidation true$/,
  ],
  ["a region in capitals", region("EU-CENTRAL-1"), /^aws:region: found "EU-CENTRAL-1".* did you mean eu-central-1\?/],
  ["a region with quotes of a word processor", region("“eu-central-1”"), /^aws:region: .* did you mean eu-central-1\?/],
  ["a region with a blank", region("'eu-central-1 '"), /^aws:region: .* did you mean eu-central-1\?/],
  [
    "a region with a no-break space",
    region("eu-central-1\u00a0"),
    /^aws:region: found "eu-central-1\\u00a0".* did you mean eu-central-1\?/,
  ],
  ["a zone as the region", region("eu-central-1a"), /^aws:region: .* is an availability zone; write its region: aws:region: eu-central-1$/],
  ["a list of regions", region("[eu-central-1]"), /^aws:region: found the list \[eu-central-1\]/],
  ["an encrypted region", region("{ secure: AAABAJ }"), /^aws:region: is encrypted, so that it cannot be read here, and it is no secret/],
  ["a key of AWS that is none", plus("aws:profil: work"), /^aws:profil: unknown key, .* did you mean "aws:profile"\?/],
  ["tags without tags:", plus("aws:defaultTags:", "  Team: x"), /^aws:defaultTags: found Team beside the key tags/],
  ["a key of an account", plus("aws:secretKey: hunter2"), /^aws:secretKey: an access key of AWS, stored in plain text/],
];

const ENCRYPTED: readonly Case[] = [
  [
    "secrets in plain text",
    plus("ml-gateway:secretEnv:", "  PIN: hunter2"),
    /^ml-gateway:secretEnv: stored in plain text.*--path 'ml-gateway:secretEnv\.NAME'/,
  ],
  [
    "one secret in plain text beside an encrypted one",
    plus("ml-gateway:secretEnv:", "  KEY: { secure: AAABAJ }", "  PIN: hunter2"),
    /^ml-gateway:secretEnv\.PIN: stored in plain text, beside others that are encrypted/,
  ],
  [
    "the same on the gateway",
    instead("    sshFrom", "    secretEnv: { KEY: { secure: AAABAJ }, PIN: hunter2 }\n    sshFrom"),
    /^ml-gateway:gateway\.secretEnv\.PIN: stored in plain text, beside/,
  ],
  ["a key in plain text", plus("ml-gateway:sshPrivateKey: hunter2"), /^ml-gateway:sshPrivateKey: stored in plain text.* < KEYFILE\)/],
  [
    "secure: without a ciphertext",
    plus("ml-gateway:secretEnv:", "  PIN: { secure: 'hunter2 and more' }"),
    /^ml-gateway:secretEnv\.PIN: what follows secure: is not encrypted/,
  ],
  [
    "secure: with a number",
    plus("ml-gateway:secretEnv:", "  PIN: { secure: 7 }"),
    /^ml-gateway:secretEnv\.PIN: what follows secure: is not encrypted/,
  ],
  ["a section that is encrypted", plus("ml-gateway:backend: { secure: AAABAJ }"), /^ml-gateway:backend: is encrypted as a whole/],
  [
    "a port that is encrypted",
    plus("ml-gateway:backend:", "  port: { secure: AAABAJ }"),
    /^ml-gateway:backend\.port: is encrypted, .* it is no secret/,
  ],
  ["a block that is encrypted", instead("[198.51.100.7/32]", "[{ secure: AAABAJ }]"), /^ml-gateway:gateway\.sshFrom\[0\]: is encrypted/],
  [
    "an encrypted value among the plain ones",
    plus("ml-gateway:env:", "  PIN: { secure: AAABAJ }"),
    /^ml-gateway:env\.PIN: is encrypted, and env is for plain settings; move it: .*secretEnv\.PIN'$/,
  ],
];

export const FILE_CASES: readonly Case[] = [...YAML, ...TOP, ...REGIONS, ...ENCRYPTED];
