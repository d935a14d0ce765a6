/** Calls of AWS's libraries that change something, in programs that stand in a script or in a file which it has written. */
import { JAVASCRIPT } from "../../shell/programs";
import type { Executed } from "../../shell/state";
import { plain } from "../../shell/text";
import { programOf, pythonCode, wordsOf } from "./runs";

const VERBS = [
  "create|delete|put|modify|authorize|revoke|attach|detach|associate|disassociate|run|terminate|stop|reboot|update|replace|enable|disable",
  "register|deregister|import|add|remove",
].join("|");

/** What a backup does, and methods of Python's own library that sound like those of boto3; `create_client` is botocore's for `client`. */
const HARMLESS_METHODS = new RegExp(
  `\\.(${[
    "put_object|put_metric_data|delete_message",
    "add_(argument|argument_group|parser|subparsers|mutually_exclusive_group|done_callback|header|handler|signal_handler|note)",
    "run_(path|module|forever|until_complete|in_executor|coroutine_threadsafe|sync)|create_(client|connection|task|default_context)",
  ].join("|")})\\(`,
  "gu",
);
const METHOD = new RegExp(`\\.((?:${VERBS})_\\w+|terminate|delete)\\(`, "u");

/** The same names as JavaScript and PHP write them; `new XCommand(...)` in the third version of that for JavaScript. */
const capital = (verb: string): string => verb.charAt(0).toUpperCase() + verb.slice(1);
const CAMEL_METHOD = new RegExp(
  `(?:\\.|->)((?:${VERBS})[A-Z]\\w*)\\(|\\bnew\\s+((?:${VERBS.split("|").map(capital).join("|")})\\w+Command)\\(`,
  "gu",
);
const CAMEL = new RegExp(`^(${JAVASCRIPT}|php)`, "u");

/** What a backup does, and methods of Node's own modules. */
const HARMLESS_CAMEL =
  /^([pP]utObject(Command)?|[pP]utMetricData(Command)?|[dD]eleteMessage(Command)?|create(Read|Write)Stream|create(Hash|Hmac|Interface|Server|Connection|Require|Gzip|Gunzip|Cipheriv|Decipheriv|Secret\w*|Public\w*|Private\w*)|add(Event)?Listener|remove(All|Event)?Listeners?|run(In)\w+|importKey)$/u;

/** Cmdlets of the AWS Tools for PowerShell: a verb, and a noun that begins with the service. Uploads (`Write-S3Object`) are what backups are made of. */
const CMDLET =
  /\b((?:New|Set|Remove|Grant|Revoke|Edit|Register|Unregister|Add|Start|Stop|Restart|Enable|Disable|Import|Publish|Update|Send|Request|Reset)-(?:EC2|S3|IAM|SSM|RDS|ELB2?|AS|CFN|R53|LM|SEC|KMS|ECS|ECR|EKS|WAF2?|CF|LS|DDB|ORG|EFS|CT|GACL)[A-Z]\w*)/gu;

/** The library and its method, or the cmdlet; undefined where the run is no such program or only reads. */
export function sdkCall(run: Executed): string | undefined {
  const program = programOf(run);
  if (/^(pwsh|powershell)(\.exe)?$/u.test(program))
    return [...codeOf(run).matchAll(CMDLET)].map(([, name = ""]) => name).find((name) => !/^Start-SSMSession$/u.test(name));
  if (CAMEL.test(program)) return ofCamel(codeOf(run));
  const code = /^ruby/u.test(program) ? codeOf(run) : pythonCode(run);
  const sdk = /\b(?:boto3?|botocore|aws-sdk(?:-\w+)?|Aws(?=::))/u.exec(code)?.[0];
  const method = sdk === undefined ? undefined : METHOD.exec(code.replace(HARMLESS_METHODS, "("))?.[1];
  return method === undefined ? undefined : `${sdk ?? ""}'s ${method}`;
}

function ofCamel(code: string): string | undefined {
  const sdk = /@aws-sdk\/[\w-]+|\baws-sdk\b|\bAws(?=\\)/u.exec(code)?.[0];
  if (sdk === undefined) return undefined;
  const method = [...code.matchAll(CAMEL_METHOD)].map(([, a, b]) => a ?? b ?? "").find((name) => !HARMLESS_CAMEL.test(name));
  return method === undefined ? undefined : `${sdk}'s ${method}`;
}

/** Every word, for one of them is the program; its input, where no word is a file; the file that it runs. */
const codeOf = (run: Executed): string => [...wordsOf(run), plain(run.stdin), plain(run.code ?? "")].join("\n");
