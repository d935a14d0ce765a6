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
  [
    "a bracket that does not end",
    instead("/32]", "/32"),
    /^Pulumi\.trial\.yaml: line 4: is not valid YAML: a \[ that is not closed; write \] at the end of the value, or quotes around it$/,
  ],
  [
    "a brace that does not end, over several lines",
    plus("ml-gateway:env: {", "  A: b, # not }", "  B: '}'", "ml-gateway:repair: x"),
    /^Pulumi\.trial\.yaml: line 7: is not valid YAML: a \{ that is not closed;/,
  ],
  [
    "a calendar expression without quotes",
    plus("ml-gateway:backup:", "  schedule: *-*-* 03:00:00"),
    /^Pulumi\.trial\.yaml: line 8: .*put quotes around a value that begins with an asterisk$/,
  ],
  [
    "the CLI's own key below config:",
    plus("encryptionsalt: v1:abc"),
    /^Pulumi\.trial\.yaml: encryptionsalt: stands below config:, .*; move it to the beginning of its line/,
  ],
  [
    "quotes of a word processor around a path",
    instead("templates/sample-app", "“templates/sample-app”"),
    /^ml-gateway:app\.path: found “templates\/sample-app”, whose quotes are those of a word processor/,
  ],
  [
    "the same around what no rule knows",
    plus("ml-gateway:env:", "  MODE: ‘fast’", 'ml-gateway:repair: “again"', "ml-gateway:tags:", "  Team: „ml“"),
    [
      /^ml-gateway:env\.MODE: found ‘fast’, .*; write fast with plain quotes around it, or with none\./,
      /^ml-gateway:repair: found “again", /,
      /^ml-gateway:tags\.Team: found „ml“, /,
    ],
  ],
  [
    "the same in a list and around a switch",
    instead("sshFrom: [198.51.100.7/32]", "sshFrom: [“198.51.100.7/32”]\n    elasticIp: “true”"),
    [/^ml-gateway:gateway\.sshFrom\[0\]: found “198/, /^ml-gateway:gateway\.elasticIp: found “true”/],
  ],
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
  ["another word for a section", plus("ml-gateway:alarms: {}"), /^ml-gateway:alarms: unknown key; did you mean "ml-gateway:watch"\?/],
  [
    "another word for a key",
    plus("ml-gateway:watch: { alarms: true }"),
    /^ml-gateway:watch\.alarms: unknown key; did you mean "enabled"\?/,
  ],
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
  [
    "a region with quotes of a word processor",
    region("“eu-central-1”"),
    /^aws:region: found “eu-central-1”, whose quotes .* write eu-central-1 with plain quotes/,
  ],
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
  ["a profile as a list", plus("aws:profile: [work]"), /^aws:profile: found the list \[work\]; write one text/],
  ["an empty profile", plus("aws:profile: ''"), /^aws:profile: found nothing; write one text, or remove the key/],
  ["a switch of AWS as a word", plus("aws:skipRegionValidation: yes"), /^aws:skipRegionValidation: found "yes"; write true or false/],
  [
    "retries as a word",
    plus("aws:maxRetries: many"),
    /^aws:maxRetries: found "many"; write a whole number, for example aws:maxRetries: 10/,
  ],
  ["accounts as a text", plus("aws:allowedAccountIds: '123456789012'"), /^aws:allowedAccountIds: found .*; write a list, for example/],
  [
    "an account id without quotes",
    plus("aws:allowedAccountIds: [23456789012]"),
    /^aws:allowedAccountIds: found 23456789012 in the list; write account ids of 12 digits in quotes/,
  ],
  ["a key of an account", plus("aws:secretKey: hunter2"), /^aws:secretKey: an access key of AWS, stored in plain text/],
];

/** What somebody writes at the end of a long day. */
const TIRED: readonly Case[] = [
  [
    "the region under the project's name",
    instead("aws:region", "ml-gateway:region"),
    /^ml-gateway:region: nothing reads it; did you mean "aws:region"\?/,
  ],
  [
    "the region as the variable is called",
    instead("aws:region", "AWS_REGION"),
    /^ml-gateway:AWS_REGION: nothing reads it; did you mean "aws:region"\?/,
  ],
  ["the region's key in capitals", instead("aws:region", "aws:Region"), /^aws:Region: unknown key, .* did you mean "aws:region"\?/],
  ["the region's name for people", region("N. Virginia"), /^aws:region: found "N\. Virginia", which is no region/],
  ["the region with underscores", region("eu_central_1"), /^aws:region: found "eu_central_1".* did you mean eu-central-1\?/],
  ["the region with a comma", region("eu-central-1,"), /^aws:region: .* did you mean eu-central-1\?/],
  ["a variable of the shell", region("${AWS_REGION}"), /^aws:region: found "\$\{AWS_REGION\}"/],
  ["an equals sign in place of a colon", instead("aws:region: ", "aws:region = "), /^Pulumi\.trial\.yaml: line 2: is not valid YAML/],
  ["quotes twice", region('""eu-central-1""'), /^Pulumi\.trial\.yaml: line 2: is not valid YAML/],
  ["the stack's name as the prefix", plus("prod:backend: {}"), /^prod:backend: nothing reads it; did you mean "ml-gateway:backend"\?/],
  ["the prefix twice", plus("ml-gateway:ml-gateway: {}"), /^ml-gateway: found a group of that name/],
  ["two colons", plus("ml-gateway::backend: {}"), /^ml-gateway::backend: unknown key; did you mean "backend"\?/],
  ["an underscore in a section", plus("ml-gateway:secret_env: {}"), /^ml-gateway:secret_env: unknown key; did you mean "secretEnv"\?/],
  ["a section in capitals", plus("ml-gateway:Backend: {}"), /^ml-gateway:Backend: unknown key; did you mean "backend"\?/],
  [
    "a key that is not indented",
    plus("ml-gateway:backend:", "port: 9001"),
    /^ml-gateway:backend: found nothing below it, and port beside it, .* indent port below "backend:"/,
  ],
  [
    "a key that is indented too far",
    plus("ml-gateway:backend:", "  port: 9001", "   workers: 2"),
    /^Pulumi\.trial\.yaml: line 8: is not valid YAML/,
  ],
  [
    "a section beside config:",
    (good) => `${good}gateway:\n  elasticIp: true\n`,
    /^Pulumi\.trial\.yaml: gateway: stands beside config: and is not read there; indent it/,
  ],
  [
    "a misspelt key of the CLI",
    (good) => `${good}encryptionsald: v1\n`,
    /^Pulumi\.trial\.yaml: encryptionsald: .*; did you mean encryptionsalt:\?/,
  ],
  ["a key of the CLI that is no text", (good) => `${good}secretsprovider: [a]\n`, /^Pulumi\.trial\.yaml: secretsprovider: is no text/],
  ["an environment that is a number", (good) => `${good}environment: 7\n`, /^Pulumi\.trial\.yaml: environment: is no list of names/],
  [
    "a key in its short form as well",
    plus("ml-gateway:backend: { port: 9001 }", "backend: { port: 9002 }"),
    /^Pulumi\.trial\.yaml: config: has backend and ml-gateway:backend, which are one key/,
  ],
  [
    "a key of another project",
    plus("shop:mode: fast"),
    /^shop:mode: nothing reads it, because its prefix is neither ml-gateway: nor aws:; remove it/,
  ],
  [
    "a section as the prefix",
    plus("network:cidr: 10.0.0.0/16"),
    /^network:cidr: nothing reads it; did you mean "ml-gateway:network\.cidr"\?/,
  ],
  ["a key of another provider", plus("aws-native:region: us-east-1"), /^aws-native:region: nothing reads it/],
  [
    "a third colon",
    plus("ml-gateway:backend:port: 9001"),
    /^ml-gateway:backend:port: unknown key; did you mean "ml-gateway:backend\.port"\?/,
  ],
  ["a region that is misspelt", instead("aws:region", "aws:regoin"), /^aws:regoin: unknown key, .*; did you mean "aws:region"\?/],
  ["a way to try again that there is not", plus("aws:retryMode: fast"), /^aws:retryMode: found "fast"; write standard or adaptive$/],
  ["a proxy without its scheme", plus("aws:httpProxy: proxy:3128"), /^aws:httpProxy: found "proxy:3128"; write an address/],
  ["a role that is none", plus("aws:assumeRoles: [{ roleArn: deploy }]"), /^aws:assumeRoles: found .*; write the ARN of a role/],
  [
    "an endpoint that is no address",
    plus("aws:endpoints: [{ s3: here }]"),
    /^aws:endpoints: found .*; write services with their addresses/,
  ],
  [
    "a token under a plain name",
    plus(`ml-gateway:env: { FOO: ghp_${"a1".repeat(18)} }`),
    /^ml-gateway:env\.FOO: holds a GitHub token, and env is stored in plain text/,
  ],
  ["a setting of systemd", plus("ml-gateway:env: { HOME: /data }"), /^ml-gateway:env\.HOME: is set by systemd, .*; remove it/],
  ["a setting of the loader", plus("ml-gateway:env: { LD_PRELOAD: /x.so }"), /^ml-gateway:env\.LD_PRELOAD: is for the loader of programs/],
  ["a number of threads in words", plus("ml-gateway:env: { OMP_NUM_THREADS: many }"), /^ml-gateway:env\.OMP_NUM_THREADS: is no number/],
  ["half of a character", plus('ml-gateway:env: { A: "\\uD800" }'), /^ml-gateway:env\.A: holds half of a character/],
  [
    "a NUL in a path",
    plus('ml-gateway:models: { manifest: "m\\0.json" }'),
    /^ml-gateway:models\.manifest: .*NUL character, which no path has; write/,
  ],
  ["keys as a list", plus("ml-gateway:backend:", "  - port: 9001", "  - workers: 2"), /^ml-gateway:backend: found the list/],
  ["keys with equals signs", plus("ml-gateway:backend:", "  port = 9001"), /^ml-gateway:backend: found a single value \("port = 9001"\)/],
  ["keys as a text", plus('ml-gateway:backend: "{port: 9001}"'), /^ml-gateway:backend: found a single value/],
  ["keys as a block of text", plus("ml-gateway:backend: |", "  port: 9001"), /^ml-gateway:backend: found a single value/],
  ["only comments below a section", plus("ml-gateway:backend:", "  # port: 9001"), /^ml-gateway:backend: found nothing below it/],
  ["two keys on a line", plus("ml-gateway:backend:", "  port: 9001 workers: 2"), /^Pulumi\.trial\.yaml: line 8: is not valid YAML/],
  ["commas at the ends of lines", plus("ml-gateway:backend:", "  port: 9001,"), /^ml-gateway:backend\.port: found "9001,"; write a port/],
  ["no comma in braces", plus("ml-gateway:backend: { port: 9001 workers: 2 }"), /^Pulumi\.trial\.yaml: line 7: is not valid YAML/],
  ["no blank in braces", plus("ml-gateway:backend: {port:9001}"), /^ml-gateway:backend\.port:9001: unknown key/],
  [
    "a placeholder of a template",
    plus("ml-gateway:backend: {{ backend }}"),
    /^Pulumi\.trial\.yaml: line 7: has a value that begins with two braces, which nothing here fills in; write/,
  ],
  ["a number with underscores", plus("ml-gateway:backend: { port: 9_001 }"), /^ml-gateway:backend\.port: found "9_001"/],
  ["a number in full-width digits", plus("ml-gateway:backend: { port: \uff19\uff10\uff10\uff11 }"), /^ml-gateway:backend\.port: found "/],
  ["no number", plus("ml-gateway:backend: { port: NaN }"), /^ml-gateway:backend\.port: found "NaN"/],
  ["a number with a line end", plus('ml-gateway:backend: { port: "9001\\n" }'), /^ml-gateway:backend\.port: .* leave out the quotes/],
  ["a line end of Windows in a value", plus('ml-gateway:env: { A: "x\\r\\ny" }'), /^ml-gateway:env\.A: holds a carriage return/],
  ["a NUL in a value", plus('ml-gateway:env: { A: "x\\0y" }'), /^ml-gateway:env\.A: holds a NUL byte/],
  ["export before a name", plus("ml-gateway:env: { export A: x }"), /^ml-gateway:env\.export A: is not a name/],
  ["a dollar before a name", plus("ml-gateway:env: { $A: x }"), /^ml-gateway:env\.\$A: is not a name/],
  [
    "a number of twenty digits",
    plus("ml-gateway:env: { A: 12345678901234567890 }"),
    /^ml-gateway:env\.A: found 12345678901234567890 without quotes/,
  ],
  ["minutes and seconds", plus("ml-gateway:env: { A: 1:30 }"), /^ml-gateway:env\.A: found 1:30 without quotes/],
  [
    "a password in plain text",
    plus("ml-gateway:env: { DATABASE_URL: 'postgres://u:hunter2@h/db' }"),
    /^ml-gateway:env\.DATABASE_URL: looks like a secret/,
  ],
  [
    "a manifest in S3",
    plus("ml-gateway:models: { manifest: s3://bucket/m.json }"),
    /^ml-gateway:models\.manifest: s3:\/\/bucket\/m\.json: is the address of something elsewhere/,
  ],
  ["a manifest with a blank", plus("ml-gateway:models: { manifest: 'models-manifest/sample.json ' }"), /^ml-gateway:models\.manifest: /],
  [
    "a manifest that is another file",
    plus("ml-gateway:models: { manifest: templates/sample-app/requirements.txt }"),
    /^ml-gateway:models\.manifest: /,
  ],
  ["a bucket as an address", plus("ml-gateway:models: { bucket: s3://my-bucket }"), /^ml-gateway:models\.bucket: found "s3:\/\/my-bucket"/],
  ["a bucket as an ARN", plus("ml-gateway:models: { bucket: arn:aws:s3:::my-bucket }"), /^ml-gateway:models\.bucket: found "arn/],
  ["a bucket with a slash", plus("ml-gateway:models: { bucket: my-bucket/ }"), /^ml-gateway:models\.bucket: found "my-bucket\/"/],
  ["a path with a blank", plus("ml-gateway:health: { path: '/health ' }"), /^ml-gateway:health\.path: .* did you mean \/health\?/],
  ["a status in quotes", plus("ml-gateway:health: { status: '200' }"), /^ml-gateway:health\.status: .* leave out the quotes/],
  ["a status of a class", plus("ml-gateway:health: { status: 2xx }"), /^ml-gateway:health\.status: found "2xx"/],
  ["an hour in words", plus("ml-gateway:backup: { schedule: 3am }"), /^ml-gateway:backup\.schedule: found "3am"/],
  ["an hour that is none", plus("ml-gateway:backup: { schedule: '25:00' }"), /^ml-gateway:backup\.schedule: found "25:00"/],
  ["a word of cron", plus("ml-gateway:backup: { schedule: '@daily' }"), /^ml-gateway:backup\.schedule: found "@daily"/],
  ["a schedule as the section", plus("ml-gateway:backup: daily"), /^ml-gateway:backup: found a single value \("daily"\)/],
  ["a time with its unit", plus("ml-gateway:requests: { timeoutSeconds: 1h }"), /^ml-gateway:requests\.timeoutSeconds: found "1h"/],
  [
    "a key without its unit",
    plus("ml-gateway:requests: { timeout: 30 }"),
    /^ml-gateway:requests\.timeout: unknown key; known keys: bodyMiB/,
  ],
  ["an allowance twice", plus("ml-gateway:sandbox: { allow: [jit, jit] }"), /^ml-gateway:sandbox\.allow: found "jit" twice/],
  [
    "an index of packages under another name",
    plus("ml-gateway:python: { indexUrl: 'https://pypi.example/simple' }"),
    /^ml-gateway:python\.indexUrl: unknown key; did you mean "?index/,
  ],
];

const ENCRYPTED: readonly Case[] = [
  [
    "secrets in plain text",
    plus("ml-gateway:secretEnv:", "  PIN: hunter2"),
    /^ml-gateway:secretEnv: stored in plain text.*--path 'ml-gateway:secretEnv\.PIN'/,
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

export const FILE_CASES: readonly Case[] = [...YAML, ...TOP, ...REGIONS, ...TIRED, ...ENCRYPTED];
