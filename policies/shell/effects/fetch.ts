/** curl, wget, aws and scp: text and files that come over the network. */
import type { Call, Effect } from "../call";
import { write } from "../channels";
import { masked, exactly } from "../mode";
import { parseOptions } from "../options";
import { nameOf } from "../paths";
import { absolute, makeFolders, unpack } from "../tree";
import { makeFile } from "./create";
import { awsGivesSecret } from "./stores";
import { noteFetched, noteInput, noteSent, noteText, noteUpload } from "./send";
import { contentOf } from "../redirects";
import { textOfStored } from "../fetched-objects";
import { digestLabel, hole, holdsSecret, plain } from "../text";

export const curl: Effect = (call) => {
  const values = "oXHdAbceuxTKmFrwEyYzDUP";
  const long = {
    output: "o",
    "output-dir": "dir",
    request: "X",
    header: "H",
    data: "d",
    "data-binary": "d",
    "data-raw": "d",
    user: "u",
    config: "K",
    "max-time": "m",
    "connect-timeout": "ct",
    retry: "rt",
    "retry-delay": "rd",
    "retry-max-time": "rm",
    cacert: "cacert",
    cert: "E",
    key: "key",
    "write-out": "w",
    proxy: "x",
    "user-agent": "A",
    resolve: "rs",
    "aws-sigv4": "sig",
    url: "url",
    form: "F",
    "data-urlencode": "d",
    "upload-file": "T",
    json: "d",
    range: "r",
    proto: "proto",
  };
  const options = parseOptions(call.args, { values, long });
  const url = options.value("url") ?? options.operands[0] ?? "";
  const body = bodyOf(url, call);
  noteUpload(call, url, [...(options.given.get("d") ?? []), ...(options.given.get("F") ?? [])]);
  for (const file of options.given.get("T") ?? []) noteUpload(call, url, [`@${file}`]);
  // What it sends and gets stands in its diary.
  if (options.has("v", "verbose", "trace", "trace-ascii"))
    for (const word of [...(options.given.get("H") ?? []), ...(options.given.get("u") ?? []), url])
      if (holdsSecret(word)) write(call.state, call.scope, 2, word);
  const out = options.value("o");
  const folder = options.value("dir") ?? ".";
  if (out === "/dev/null") return output(call, options.value("w"));
  if (out !== undefined && out !== "-")
    makeFile(call, absolute(`${out.startsWith("/") || out.startsWith("\uE002") ? "" : `${folder}/`}${out}`, call.state), body);
  else if (options.has("O", "remote-name")) makeFile(call, absolute(`${folder}/${nameOf(plain(url))}`, call.state), body);
  else write(call.state, call.scope, 1, body);
  return "likely";
};

const output = (call: Call, format: string | undefined): "likely" => {
  if (format !== undefined) write(call.state, call.scope, 1, hole("value", "curl -w"));
  return "likely";
};

/** Health probes and the instance's own metadata are not "remote code". */
const isLocal = (url: string): boolean => /^(https?:\/\/)?(localhost|127\.|\[::1\]|169\.254\.169\.254)/u.test(url);

/** Credentials of the host's role, and its user data, come from the host itself. */
const CREDENTIALS =
  /^(https?:\/\/)?(169\.254\.(169\.254|170\.\d+)|\[?fd00:ec2::254\]?)\/.*(security-credentials\/.|user-data|identity-credentials|\/credentials)/u;

function bodyOf(url: string, call: Call): string {
  if (/^file:\/\//u.test(url)) return contentOf(url.replace(/^file:\/\/(localhost)?/u, ""), call.state);
  return hole(CREDENTIALS.test(plain(url)) ? "secret" : isLocal(url) ? "value" : "fetched", url);
}

export const wget: Effect = (call) => {
  const options = parseOptions(call.args, {
    values: "OPaoetTUiS",
    long: {
      "output-document": "O",
      "directory-prefix": "P",
      header: "h",
      tries: "t",
      timeout: "T",
      "user-agent": "U",
      "post-file": "post",
      "body-file": "post",
      "post-data": "data",
      "body-data": "data",
    },
  });
  const url = options.operands[0] ?? "";
  noteUpload(call, url, [...(options.given.get("post") ?? []).map((file) => `@${file}`), ...(options.given.get("data") ?? [])]);
  const body = bodyOf(url, call);
  const out = options.value("O");
  if (out === "-" || out === "/dev/stdout") write(call.state, call.scope, 1, body);
  else makeFile(call, absolute(out ?? `${options.value("P") ?? "."}/${nameOf(plain(url))}`, call.state), body);
  return "likely";
};

const AWS_VALUES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "region",
    "profile",
    "endpoint-url",
    "output",
    "query",
    "bucket",
    "key",
    "range",
    "sse",
    "acl",
    "body",
    "include",
    "secret-id",
    "name",
    "names",
    "version-id",
    "cli-read-timeout",
    "cli-connect-timeout",
    "ca-bundle",
    "checksum-mode",
    "storage-class",
  ].map((n) => [n, n]),
);
const AWS_LONG = { ...AWS_VALUES, exclude: "x-" };

export const aws: Effect = (call) => {
  const options = parseOptions(call.args, { long: AWS_LONG });
  const [service, action, from, to] = options.operands;
  const { state, scope } = call;
  const uri = service === "s3api" ? `s3://${options.value("bucket") ?? ""}/${options.value("key") ?? ""}` : (from ?? "");
  const fetched = textOfStored(uri, scope.context) ?? hole("value", `aws ${service ?? ""} ${from ?? ""}`);
  noteAws(call, service, action, from, to, options);
  if (service === "s3" && (action === "cp" || action === "sync" || action === "mv") && to !== undefined && !to.startsWith("s3://")) {
    if (to === "-") write(state, scope, 1, fetched);
    else if (action === "sync" || options.has("recursive")) intoFolder(call, to);
    else
      makeFile(
        call,
        to.endsWith("/") || (from?.includes(".") === true && !nameOf(to).includes("."))
          ? `${absolute(to, state)}/${nameOf(plain(from ?? ""))}`
          : absolute(to, state),
        fetched,
      );
  } else if (service === "s3api" && action === "get-object") {
    const target = options.operands.at(-1);
    if (target !== undefined && options.operands.length > 2) makeFile(call, absolute(target, state), fetched);
  } else if (service === "secretsmanager" || service === "ssm")
    write(state, scope, 1, `${hole(isPublicParameter(call.args) ? "value" : "secret", `aws ${service}`)}\n`);
  else if (awsGivesSecret(options.operands, call.args))
    write(state, scope, 1, `${hole("secret", digestLabel(`store of aws ${service ?? ""}`, ...call.args))}\n`);
  else write(state, scope, 1, `${hole("value", `aws ${service ?? ""} ${action ?? ""}`)}\n`);
  return "likely";
};

/** What AWS publishes for everybody (AMI ids), and what is asked about a parameter that is not its value. */
const isPublicParameter = (args: readonly string[]): boolean =>
  args.some((a) => /^(--(name|names|path)=)?\/aws\/service\//u.test(a)) ||
  args.some((a) => /^(describe|list|put|delete|create|tag|untag|send|start)-/u.test(a));

/** Uploads of secret files; a store for secrets is where they belong. */
function noteAws(call: Call, service = "", action = "", from = "", to = "", options: ReturnType<typeof parseOptions>): void {
  if (service === "s3" && /^(cp|mv|sync)$/u.test(action) && to.startsWith("s3://")) {
    if (from === "-") noteInput(call, to);
    else if (!options.given.get("x-")?.some((glob) => glob.includes(".env") || glob === "*")) noteSent(from, call, to);
  }
  if (!KEEPS_SECRETS.test(`${service} ${action}`) || (service === "ssm" && !call.args.some((a) => /SecureString/u.test(a))))
    noteWords(call, service);
  const body = options.value("body");
  if (service === "s3api" && body !== undefined) noteSent(body, call, "s3");
}

/** Where a secret belongs; what only reads, and what decides by itself, is left out. */
const KEEPS_SECRETS = /^(secretsmanager (create|put|update|rotate)|ssm put-parameter|kms |s3 )/u;

/** Words that are the text of a secret file, and files that hold one. */
function noteWords(call: Call, service: string): void {
  for (const word of call.args) {
    const file = /^(?:--[\w-]+=)?(?:file|fileb):\/\/(.+)$/u.exec(word)?.[1];
    if (file !== undefined) noteSent(file, call, `aws ${service}`);
    else noteText(word, call, `aws ${service}`);
  }
}

function intoFolder(call: Call, to: string): void {
  const { state, scope } = call;
  const folder = absolute(to, state);
  makeFolders(state, scope.context, folder, masked(exactly(0o777), state.umask));
  unpack(state, scope.context, folder, { wanted: masked(exactly(0o666), state.umask), folders: masked(exactly(0o777), state.umask) });
}

export const scp: Effect = (call) => {
  const options = parseOptions(call.args, { values: "iPoFJlcS" });
  const to = options.operands.at(-1);
  const from = options.operands[0];
  if (to === undefined || from === undefined || /^[^/]*:/u.test(to)) {
    for (const one of options.operands.slice(0, -1)) noteSent(one, call, to ?? "");
    return "likely";
  }
  noteFetched(options.operands.slice(0, -1), call);
  makeFile(call, absolute(to.endsWith("/") ? to + nameOf(plain(from)) : to, call.state), hole("value", "scp"));
  return "likely";
};
