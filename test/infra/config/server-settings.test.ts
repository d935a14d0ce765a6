/** Settings of other platforms: uvicorn has its options from the unit before it reads .env. */
import { environment, environmentNotices } from "../../../infra/config/env-rules";

const problems = (sections: Record<string, unknown>): string[] =>
  environment({ project: "ml-gateway", root: "", region: "us-east-1", sections } as unknown as Parameters<typeof environment>[0]);

test.each<[group: string, name: string, expected: RegExp]>([
  [
    "env",
    "UVICORN_WORKERS",
    /^ml-gateway:env\.UVICORN_WORKERS: is an option of uvicorn, .* changes nothing; remove it \(set backend\.workers\)/,
  ],
  ["gateway.env", "UVICORN_WORKERS", /^ml-gateway:gateway\.env\.UVICORN_WORKERS: .*\(set gateway\.workers\)/],
  ["secretEnv", "UVICORN_PORT", /^ml-gateway:secretEnv\.UVICORN_PORT: .*\(nginx listens on backend\.port, /],
  [
    "gateway.secretEnv",
    "UVICORN_PORT",
    /^ml-gateway:gateway\.secretEnv\.UVICORN_PORT: .*\(nginx listens on port 80, and 443 with domain, /,
  ],
  ["env", "UVICORN_FACTORY", /with parentheses in app\.module/],
  ["env", "UVICORN_HOST", /\(nginx stands before uvicorn/],
  ["env", "UVICORN_SSL_CERTFILE", /\(nginx stands before uvicorn/],
  ["env", "PYTHONPATH", /^ml-gateway:env\.PYTHONPATH: is read by Python before \.env, .*src\/ are searched/],
  ["env", "PYTHONHOME", /^ml-gateway:env\.PYTHONHOME: would be read by each worker of uvicorn, .*does not start; remove it$/],
])("%s.%s is refused, with what does it instead", (group, name, expected) => {
  const [section = "", key] = group.split(".");
  const settings = { [name]: "1" };
  expect(problems({ [section]: key === undefined ? settings : { [key]: settings } })).toEqual([expect.stringMatching(expected)]);
});

test("what the application is said to read itself, and names that only look like it, are taken", () => {
  const env = { UVICORN_PORT: "1", UVICORN: "1", MY_UVICORN_PORT: "1", PYTHONUNBUFFERED: "1", PORT: "1" };
  expect(problems({ env, app: { requires: ["UVICORN_PORT"] } })).toEqual([]);
});

const notices = (sections: Record<string, unknown>): string[] => environmentNotices({ project: "ml-gateway", sections });

test("what an application may read itself is said, and not refused", () => {
  expect(
    notices({
      env: { WEB_CONCURRENCY: "2" },
      secretEnv: { PORT: "1" },
      gateway: { env: { HOST: "", WEB_CONCURRENCY: "2", LOG_FORMAT: "json" } },
    }),
  ).toEqual([
    expect.stringMatching(
      /^ml-gateway:env\.WEB_CONCURRENCY: does not change how the service is served \(set backend\.workers\); remove it, or name it in app\.requires/,
    ),
    expect.stringMatching(/^ml-gateway:gateway\.env\.HOST: /),
    expect.stringMatching(/^ml-gateway:gateway\.env\.WEB_CONCURRENCY: .*set gateway\.workers/),
    expect.stringMatching(/^ml-gateway:secretEnv\.PORT: .*nginx listens on backend\.port/),
  ]);
});

test("nothing is said of what the application needs, of other names, and of a gateway without an application", () => {
  expect(notices({ env: { PORT: "1", DB_HOST: "x", constructor: "x" }, app: { requires: ["PORT"] } })).toEqual([]);
  expect(notices({ gateway: { mode: "proxy", env: { PORT: "1" } } })).toEqual([]);
});

test.each([
  ["redis://localhost:6379/0", 1],
  ["postgresql+asyncpg://user@127.0.0.1/db", 1],
  ["amqp://host.docker.internal", 1],
  ["redis://cache.internal:6379", 0],
  ["http://localhost:8000/self", 0],
  ["redis://localhost.example.com", 0],
])("an address of the host itself is said: %s", (value, count) => {
  const said = notices({ env: { CACHE: value } });
  expect(said).toHaveLength(count);
  for (const one of said)
    expect(one).toMatch(/^ml-gateway:env\.CACHE: leads to the host itself, .*; name the address of the service \(backend\.egress/);
});
