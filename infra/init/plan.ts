/** From the answers to the text of the files. Pure. */
import { stringify } from "yaml";
import type { HealthRoute } from "../app/health-route";
import { DEFAULT_MODULE } from "../app/module";

export interface Answers {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** Relative to the project. */
  readonly app: string;
  readonly module: string;
  readonly interface: "asgi" | "wsgi";
  readonly health: Pick<HealthRoute, "path" | "body">;
  readonly mode: "application" | "proxy";
  /** Names of secret settings. */
  readonly requires: readonly string[];
  readonly sshFrom: readonly string[];
  /** As it is written: `~/.ssh/x`, or relative to the project. Undefined: the key will be a secret. */
  readonly keyFile?: string;
  /** Relative to the project. */
  readonly manifest: string;
}

export const SAMPLE_MANIFEST = "models-manifest/sample.json";
/** Of an application that uses no models. */
export const NO_MODELS = "models-manifest/none.json";
const HEAD =
  "# Made by `npm run init`; docs/configuration.md lists every key. Secrets are added with `pulumi config set --secret` and are stored\n# here encrypted.\n";

/** What was found or answered, for the reader: most of it is a guess. */
export function answerLines({ app, module, health, mode, manifest, sshFrom }: Answers): string[] {
  const models =
    manifest === SAMPLE_MANIFEST
      ? `${manifest}, the sample's own (your own: --models FOLDER)`
      : manifest === NO_MODELS
        ? `none (your own: --models FOLDER)`
        : manifest;
  return [
    `Application: ${app}, ${module}; health is ${health.path}, ${health.body === undefined ? "any answer of status 200" : JSON.stringify(health.body)}`,
    `Gateway: ${mode === "proxy" ? "nginx alone, since nothing in the application reads UPSTREAM_URL" : "the application, which reads UPSTREAM_URL"}; SSH from ${sshFrom.join(", ")}`,
    `Models: ${models}`,
  ];
}

/** Only what differs from the defaults. */
export function stackText(answers: Answers): string {
  const { project, region, requires, keyFile } = answers;
  const section = (name: string): string => `${project}:${name}`;
  const health = healthSection(answers);
  const config = {
    "aws:region": region,
    "aws:defaultTags": { tags: { Project: project, ManagedBy: "pulumi" } },
    [section("gateway")]: { sshFrom: answers.sshFrom, ...(answers.mode === "proxy" ? { mode: "proxy" } : {}) },
    ...(keyFile === undefined ? {} : { [section("ssh")]: { privateKeyFile: keyFile } }),
    [section("app")]: {
      path: answers.app,
      ...(answers.module === DEFAULT_MODULE ? {} : { module: answers.module }),
      ...(answers.interface === "wsgi" ? { interface: "wsgi" } : {}),
      ...(requires.length === 0 ? {} : { requires }),
    },
    ...(health === undefined ? {} : { [section("health")]: health }),
    [section("models")]: { manifest: answers.manifest },
  };
  return HEAD + stringify({ config }, { lineWidth: 0 });
}

/** A body that was not seen is not compared: the status alone counts then. */
function healthSection({ health: { path, body } }: Answers): object | undefined {
  const usual = body !== undefined && JSON.stringify(body) === '{"status":"ok"}';
  const given = { ...(path === "/health" ? {} : { path }), ...(usual ? {} : { body: body ?? "any" }) };
  return Object.keys(given).length === 0 ? undefined : given;
}
