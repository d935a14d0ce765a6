/** What a configuration of nginx does that is wrong, or that is not understood. */
import { withoutTrailing } from "../../../core/text";
import type { Settings } from "../../../core/types";
import { isGuarded } from "../../../shell/guarded";
import { isWithin } from "../../../shell/paths";
import { isKnown, plain, show } from "../../../shell/text";
import type { Directive } from "./read";
import { readNginx } from "./read";
import type { Doubt } from "./targets";
import { targetDoubts } from "./targets";
import { DATA, HARMLESS, INCLUDED, WEB_FOLDER } from "./understood";

const WEAK_PROTOCOL = /\b(SSLv2|SSLv3|TLSv1|TLSv1\.1)(?![.\d])/u;
const WEAK_CIPHER = /(^|[:\s"'+])(?!!)(RC4|3?DES|NULL|EXPORT|EXP|aNULL|eNULL|LOW|MD5)\b/u;
/** Variables of nginx's logs that hold what clients are known by. */
const TELLS = /\$(http_authorization|http_cookie|cookie_\w+|request_body|http_x_api_key|arg_(token|key|password)\w*)/iu;

/** Paths of the files that a configuration includes. */
export const includesOf = (text: string): string[] =>
  readNginx(text).flatMap(({ name, args }) => (name === "include" && isKnown(args[0] ?? "") ? [plain(args[0] ?? "")] : []));

/** @param shown files that the set-up writes, which are looked at by themselves */
export function nginxDoubts(text: string, settings: Settings, shown: ReadonlySet<string> = new Set()): Doubt[] {
  const all = readNginx(text).filter(({ name, args }) => !(name === "include" && shown.has(plain(args[0] ?? ""))));
  const single = all
    .filter(({ blocks }) => !DATA.test(blocks.at(-1) ?? ""))
    .flatMap((one) => doubtOf(one, settings).map((doubt) => ({ ...doubt, what: `\`${show(line(one))}\` ${doubt.what}` })));
  const passed = all
    .filter(({ name, blocks }) => name === "proxy_pass" && blocks.includes("stream"))
    .map((one) => ({
      what: `\`${show(line(one))}\` passes TCP on below nginx's limits, headers and log`,
      certain: one.args[0]?.endsWith(`:${String(settings.servicePort)}`) === true,
    }));
  return [...single, ...passed, ...targetDoubts(all, settings.servicePort)];
}

const line = ({ name, args }: Directive): string => [name, ...args].join(" ").slice(0, 200);
const wrong = (what: string): Doubt[] => [{ what, certain: true }];
const unknown = (what: string): Doubt[] => [{ what, certain: false }];
const fine: Doubt[] = [];

type Check = (one: Directive, settings: Settings) => Doubt[];

const served: Check = (one, settings) => {
  const folder = one.args[0] ?? "";
  if (folder.includes("$")) return unknown("serves a folder that the request chooses");
  if (!isKnown(folder)) return fine;
  const { home } = settings;
  const path = withoutTrailing(plain(folder), "/");
  if ([`${home}/app/.env`, `${home}/models/x`].some((guarded) => path === "" || isWithin(guarded, path)))
    return wrong("serves the folder that holds .env or the models");
  if (one.name === "alias" && /\/$/u.test(folder) && walksUp(one) && isWithin(path, home))
    return wrong("lets a client walk up by `..`: the location does not end with a slash, and the alias does");
  return WEB_FOLDER.test(path) || !path.startsWith("/") ? fine : unknown("serves a folder that is not one of a web site's");
};

/** `location /static { alias /x/static/; }`: `/static../secret` is `/x/static/../secret`. */
const walksUp = ({ of }: Directive): boolean => {
  const path = of.at(-1) ?? "";
  return of.length <= 2 && !/^[~=@]/u.test(of[0] ?? "") && path.startsWith("/") && !path.endsWith("/");
};

/** A file that nginx writes. */
const written: Check = ({ args }, { home }) => {
  const path = plain(args[0] ?? "");
  if (!path.startsWith("/") || /^\/(var\/(log|cache|lib\/nginx|tmp)|dev|run|tmp)\//u.test(path)) return fine;
  if (isWithin(path, home)) return isGuarded(path, home) ? unknown("writes to a file that is guarded") : fine;
  return unknown("writes where it may be read or run");
};

/** Looked at in targets.ts, or by the paths that it names. */
const elsewhere: Check = () => fine;

const CHECKS: Readonly<Record<string, Check>> = {
  root: served,
  alias: served,
  autoindex: ({ args }) => (args[0] === "on" ? wrong("lists folders") : fine),
  ssl_protocols: ({ args }) => (WEAK_PROTOCOL.test(args.join(" ")) ? wrong("allows a protocol that is broken") : fine),
  ssl_ciphers: ({ args }) =>
    args
      .join(" ")
      .split(/[:\s"']+/u)
      .some((c) => !c.startsWith("!") && !c.startsWith("-") && WEAK_CIPHER.test(c))
      ? wrong("allows a cipher that is broken")
      : fine,
  access_log: written,
  error_log: written,
  pid: written,
  client_body_temp_path: written,
  proxy_temp_path: written,
  fastcgi_temp_path: written,
  uwsgi_temp_path: written,
  scgi_temp_path: written,
  proxy_cache_path: written,
  log_format: ({ args }) => (TELLS.test(args.join(" ")) ? unknown("writes what clients log in with to the log") : fine),
  include: ({ args }) =>
    INCLUDED.test(plain(args[0] ?? "")) || !isKnown(args[0] ?? "") ? fine : unknown("includes a file that nobody has shown"),
  user: ({ args }) =>
    /^(www-data|nginx|nobody)$/u.test(args[0] ?? "") ? fine : wrong("runs the workers as another user than nginx's own"),
  load_module: ({ args }) =>
    /^(modules\/|\/usr\/(lib|share)\/nginx\/modules\/)ngx_(http_(geoip2?|image_filter|brotli_(filter|static)|headers_more_filter|cache_purge|uploadprogress|echo|fancyindex|subs_filter)|stream(_geoip2?)?|mail)_module\.so$/u.test(
      args[0] ?? "",
    )
      ? fine
      : unknown("loads code that is not understood"),
  ssl_certificate: elsewhere,
  ssl_certificate_key: elsewhere,
  proxy_ssl_certificate: elsewhere,
  proxy_ssl_certificate_key: elsewhere,
  mirror: elsewhere,
  mirror_request_body: elsewhere,
  ssi: ({ args }) => (args[0] === "on" ? unknown("runs what stands in pages") : fine),
  env: ({ args }) => (/^(TZ|LANG|LC_\w+|PATH)(=|$)/u.test(args[0] ?? "") ? fine : unknown("hands a variable to the workers")),
  fastcgi_param: ({ args }, { home }) =>
    args.slice(1).some((word) => isWithin(plain(word).replace(/\$.*$/u, ""), home)) ? unknown("runs files of the service's home") : fine,
  proxy_pass: elsewhere,
  grpc_pass: elsewhere,
  fastcgi_pass: elsewhere,
  uwsgi_pass: elsewhere,
  scgi_pass: elsewhere,
};

const PATHS = /^(root|alias|access_log|error_log|pid|\w+_temp_path|proxy_cache_path|fastcgi_param|include)$/u;

function doubtOf(one: Directive, settings: Settings): Doubt[] {
  const { name, args } = one;
  // A name that is not known, or the rest of a text that was put together, is said of the file as a whole.
  if (!isKnown(name) || !/^\w+$/u.test(name)) return fine;
  const check = CHECKS[name];
  const found = check ? check(one, settings) : HARMLESS.has(name) ? fine : unknown("is a directive that is not understood");
  if (found.length > 0 || PATHS.test(name)) return found;
  const named = args
    .map(plain)
    .find((word) => word.startsWith("/") && name !== "location" && name !== "listen" && isGuardedFile(word, settings.home));
  return named === undefined ? fine : unknown(`names ${show(named)}, which is guarded`);
}

const isGuardedFile = (path: string, home: string): boolean => isGuarded(path, home) && !/^\/etc\/(nginx|letsencrypt|ssl)\//u.test(path);
