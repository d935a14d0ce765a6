/**
 * Settings by which other platforms are told how to serve an application. Here uvicorn gets all of that as arguments of the unit, and reads .env only after
 * them; so does Python. Pure.
 */
/** Options of uvicorn (`UVICORN_PORT` is `--port`) that a key of the configuration decides; the others are decided by the unit alone. */
const BY_KEY: Readonly<Record<string, string>> = {
  APP: "name the module in app.module",
  APP_DIR: "name the module in app.module; the application's folder and src/ are searched",
  FACTORY: "write the function with parentheses in app.module, for example app.main:create_app()",
  INTERFACE: "set app.interface",
  WORKERS: "set HOST.workers",
  TIMEOUT_GRACEFUL_SHUTDOWN: "set requests.timeoutSeconds, which the unit's time for an end follows",
  PORT: "nginx listens on PORT_OF, and passes on to uvicorn",
  LOG_LEVEL: "set LOG_LEVEL, if the application reads it",
};
const BEHIND_NGINX = "nginx stands before uvicorn, and the unit says where that listens";

/** Of Python itself, which has started before .env is read. With the second, workers do not start at all. */
const OF_PYTHON: Readonly<Record<string, string>> = {
  PYTHONPATH:
    "is read by Python before .env, so it changes nothing; the application's folder and src/ are searched for modules, and app.module names the one to serve. Remove it",
  PYTHONHOME: "would be read by each worker of uvicorn, which then finds no Python and does not start; remove it",
};

/** Of other platforms and servers. An application may read them itself, which is why they are no mistake for certain. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  WEB_CONCURRENCY: "set HOST.workers",
  GUNICORN_CMD_ARGS: "gunicorn is not used; set HOST.workers",
  FORWARDED_ALLOW_IPS: "uvicorn trusts nginx on the same host and nobody else",
  PORT: "nginx listens on PORT_OF, and passes on to uvicorn",
  HOST: BEHIND_NGINX,
};

type Host = "gateway" | "backend";
const hostOf = (group: string): Host => (group.startsWith("gateway.") ? "gateway" : "backend");
const forHost = (text: string, host: Host): string =>
  text.replace("HOST.", `${host}.`).replace("PORT_OF", host === "gateway" ? "port 80, and 443 with domain" : "backend.port");

/**
 * @param group such as `gateway.env` @param requires settings that the application is said to read
 * @returns undefined where the setting may do something
 */
export function serverProblem(group: string, name: string, requires: readonly string[]): string | undefined {
  const python = OF_PYTHON[name];
  if (python !== undefined) return python;
  const option = /^UVICORN_([A-Z0-9_]+)$/.exec(name)?.[1];
  if (option === undefined || requires.includes(name)) return undefined;
  const instead = forHost(BY_KEY[option] ?? BEHIND_NGINX, hostOf(group));
  return `is an option of uvicorn, which the service's unit gives before .env is read, so it changes nothing; remove it (${instead}), or name it in app.requires, if the application reads it itself`;
}

/** What is accepted and has no effect on how the service is served. @param requires settings that the application is said to read */
export function serverNotice(group: string, name: string, requires: readonly string[]): string | undefined {
  const instead = Object.entries(OF_OTHERS).find(([other]) => other === name)?.[1];
  return instead === undefined || requires.includes(name)
    ? undefined
    : `does not change how the service is served (${forHost(instead, hostOf(group))}); remove it, or name it in app.requires, if the application reads it itself`;
}
