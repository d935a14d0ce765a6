/** Alarms: what they look at, whom they tell, and what the pack says of them. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { driftGrants } from "../../infra/deploy-role/rows-watch";
import type { RunResult } from "../../infra/offline/engine";
import { costLines, usePrices } from "../../infra/cli/cost";
import { readTemplate } from "../../infra/release/templates";
import { dashboardBody } from "../../infra/watch/dashboard";
import { DRIFT_METRIC } from "../../infra/watch/drift-alarms";
import { policies } from "../../policies/rules";
import { lacking, unless } from "../needs";
import { byName, evaluateDev, ROOT, sources } from "./evaluate";
import { judged } from "./judged";

jest.setTimeout(60_000);

const TODAY = "2026-11-27";
const MAIL = "operations@your-company.com";
const WATCH = { watch: { enabled: true, emails: [MAIL] } };
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const CHECK = "aws:route53/healthCheck:HealthCheck";

/** The dev stack with alarms, and nothing from its hosts. */
let alarmed: RunResult;
beforeAll(async () => {
  alarmed = await evaluateDev(WATCH);
});

describe("in us-east-1", () => {
  test("adds these resources and changes no other", async () => {
    const plain = new Set((await evaluateDev()).resources.map(({ urn }) => urn));
    const added = alarmed.resources.filter(({ urn }) => !plain.delete(urn)).map(({ type, name }) => `${type.split(":").pop()} ${name}`);
    expect([...plain]).toEqual([]);
    expect(added.sort()).toEqual([
      "Dashboard watch-dashboard",
      "HealthCheck watch-health",
      "MetricAlarm watch-backend-processor",
      "MetricAlarm watch-backend-status",
      "MetricAlarm watch-gateway-processor",
      "MetricAlarm watch-gateway-status",
      "MetricAlarm watch-health",
      "Topic watch-topic",
      `TopicSubscription watch-topic-${MAIL}`,
      "Watch watch",
    ]);
  });

  test("has no finding of the policy pack", async () => {
    const { summary } = await judged(alarmed, TODAY);
    expect(summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("every alarm tells the topic, at its end too, and counts silence as an alarm", () => {
    const alarms = alarmed.resources.filter(({ type }) => type === ALARM);
    for (const alarm of alarms) {
      for (const actions of ["alarmActions", "okActions"]) expect(sources(alarmed, alarm, actions)).toEqual(["watch-topic"]);
      expect(alarm.inputs.treatMissingData).toBe("breaching");
    }
    expect(sources(alarmed, byName(alarmed, ALARM, "watch-backend-status"), "dimensions")).toEqual(["backend-instance"]);
    expect(byName(alarmed, ALARM, "watch-health").inputs.metricName).toBe("HealthCheckStatus");
  });

  test("health is asked for where clients are answered", () => {
    const check = byName(alarmed, CHECK, "watch-health");
    expect(check.inputs).toMatchObject({ type: "HTTP", port: 80, resourcePath: "/health" });
    expect(sources(alarmed, check, "ipAddress")).toEqual(["gateway-instance"]);
  });

  test("costs are said, and what is not known of them", () => {
    const lines = costLines(alarmed.resources, "us-east-1");
    expect(lines).toContainEqual({ what: "5 alarms", month: 0.5 });
    expect(lines).toContainEqual({ what: "1 health check", month: undefined });
  });
});

test("an application that answers one name alone is asked by that name", async () => {
  const watched = await evaluateDev({ ...WATCH, health: { host: "ml.example.org:8080" } });
  expect(byName(watched, CHECK, "watch-health").inputs).toMatchObject({ type: "HTTP", port: 80, fqdn: "ml.example.org" });
});

test("elsewhere the alarm on health lies where Route 53 has its metrics, with a topic there", async () => {
  const watched = await evaluateDev({ ...WATCH, "aws:region": "eu-central-1" });
  const health = byName(watched, ALARM, "watch-health");
  expect(health.inputs.region).toBe("us-east-1");
  expect(sources(watched, health, "alarmActions")).toEqual(["watch-health-topic"]);
  expect(byName(watched, "aws:sns/topic:Topic", "watch-health-topic").inputs.region).toBe("us-east-1");
  expect(byName(watched, ALARM, "watch-gateway-status").inputs.region).toBeUndefined();
  const { summary } = await judged(watched, TODAY);
  expect(summary).toMatchObject({ withFindings: 0, cannotTell: 0 });
});

describe("with metrics and logs of the hosts", () => {
  let watched: RunResult;
  beforeAll(async () => {
    watched = await evaluateDev({ watch: { ...WATCH.watch, metrics: true, logs: true } });
  });
  const alarm = (name: string): RunResult["resources"][number] => byName(watched, ALARM, `watch-${name}`);

  test("adds these resources", () => {
    const plain = new Set(alarmed.resources.map(({ urn }) => urn));
    const added = watched.resources.filter(({ urn }) => !plain.has(urn)).map(({ type, name }) => `${type.split(":").pop()} ${name}`);
    expect(added.sort()).toEqual([
      "LogGroup watch-logs-access",
      "LogGroup watch-logs-application",
      "LogGroup watch-logs-error",
      "LogGroup watch-logs-journal",
      "LogGroup watch-logs-steps",
      "MetricAlarm watch-backend-disk",
      "MetricAlarm watch-backend-memory",
      "MetricAlarm watch-backup",
      "MetricAlarm watch-errors",
      "MetricAlarm watch-gateway-disk",
      "MetricAlarm watch-gateway-memory",
      "MetricAlarm watch-latency",
      // Its role has nothing to be allowed otherwise.
      "RolePolicy gateway-policy",
    ]);
  });

  test("has no finding of the policy pack", async () => {
    const { summary } = await judged(watched, TODAY);
    expect(summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("a host may send into the stack's namespace and its own streams alone", () => {
    for (const role of ["gateway", "backend"]) {
      const { policy } = byName(watched, "aws:iam/rolePolicy:RolePolicy", `${role}-policy`).inputs;
      const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string; Resource: string[] }[] };
      expect(Statement.find(({ Sid }) => Sid === "SendMetrics")).toEqual({
        Sid: "SendMetrics",
        Effect: "Allow",
        Action: ["cloudwatch:PutMetricData"],
        Resource: ["*"],
        Condition: { StringEquals: { "cloudwatch:namespace": "ml-gateway/dev" } },
      });
      const groups = watched.resources.filter(({ type }) => type.endsWith(":LogGroup")).map(({ inputs }) => String(inputs.name));
      const allowed = Statement.find(({ Sid }) => Sid === "SendLogs")?.Resource.map((arn) =>
        /:123456789012:log-group:(.*):log-stream:(.*)-\*$/.exec(arn),
      );
      expect(allowed?.map((one) => one?.[1]).sort()).toEqual(groups.sort());
      expect(new Set(allowed?.map((one) => one?.[2]))).toEqual(new Set([role]));
    }
  });

  test("alarms look at what the hosts send", () => {
    expect(alarm("backend-memory").inputs).toMatchObject({
      ...{ namespace: "ml-gateway/dev", metricName: "Memory", dimensions: { Host: "backend" }, threshold: 90 },
      treatMissingData: "breaching",
    });
    expect(alarm("errors").inputs).toMatchObject({ dimensions: { Host: "gateway" }, threshold: 0.05, treatMissingData: "notBreaching" });
    expect(alarm("latency").inputs).toMatchObject({ metricName: "Latency", extendedStatistic: "p99", threshold: 2 });
    expect(alarm("latency").inputs.statistic).toBeUndefined();
    for (const one of watched.resources.filter(({ type }) => type === ALARM)) {
      for (const actions of ["alarmActions", "okActions"]) expect(sources(watched, one, actions)).toEqual(["watch-topic"]);
    }
  });

  test("every metric of an alarm, and every one on the dashboard, is one that a host sends", () => {
    const program = readTemplate("watch/watch_metrics.py") + readTemplate("watch/watch.py");
    const own = watched.resources.filter(({ type, inputs }) => type === ALARM && inputs.namespace === "ml-gateway/dev");
    const { widgets } = JSON.parse(dashboardBody(SHOWN)) as { widgets: { properties: { metrics: unknown[][] } }[] };
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics)
      .flatMap(([namespace, name]) => (namespace === "p/s" ? [name] : []));
    const names = [...own.map(({ inputs }) => String(inputs.metricName)), ...shown.map(String)];
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(program).toContain(`"${name}"`);
  });

  test("costs are said", () => {
    const lines = costLines(watched.resources, "us-east-1");
    expect(lines).toContainEqual({ what: "12 alarms", month: expect.closeTo(1.2) as number });
    // Five on each host, and the age of the backup.
    expect(lines).toContainEqual({ what: "11 metrics of the hosts", month: expect.closeTo(3.3) as number });
    expect(usePrices(lines, "us-east-1")).toContainEqual({ what: "logs into CloudWatch", price: 0.5, per: "GB" });
  });
});

const SHOWN = {
  balancers: {},
  ...{ region: "us-east-1", check: "id", namespace: "p/s", backups: true, tls: true },
  hosts: { gateway: { InstanceId: "i-1" }, backend: { InstanceId: "i-2" } },
};

test("a dashboard has its graphs beside and below each other", () => {
  const { widgets } = JSON.parse(dashboardBody(SHOWN)) as { widgets: { x: number; y: number; width: number }[] };
  expect(widgets.length).toBe(11);
  expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size).toBe(11);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
});

test.each([
  ["metrics alone, without backups", { watch: { ...WATCH.watch, metrics: true }, backup: { enabled: false } }, ["backup"], []],
  ["logs alone, kept for a week", { watch: { ...WATCH.watch, logs: true, logDays: 7 } }, ["backup", "errors"], [7]],
  [
    "a fleet, whose hosts make no backups",
    {
      watch: { ...WATCH.watch, metrics: true, logs: true },
      network: { egress: "managed" },
      backend: { loadBalancer: true, mode: "fleet" },
    },
    ["backup"],
    [30],
  ],
  [
    "a gateway without an application, with a certificate, elsewhere",
    {
      ...{
        watch: { ...WATCH.watch, metrics: true, logs: true },
        "aws:region": "eu-central-1",
        gateway: { mode: "proxy", elasticIp: true, sshFrom: ["203.0.113.10/32"] },
      },
      ...{ domain: "ml.your-company.com", tls: { acme: { email: MAIL, agreeToTerms: true } } },
    },
    [],
    [30],
  ],
  ["nothing watched, no application on the gateway", { gateway: { mode: "proxy", sshFrom: ["203.0.113.10/32"] } }, ["health"], []],
])("%s", async (_, config, missing, days) => {
  const watched = await evaluateDev(config);
  const names = watched.resources.filter(({ type }) => type === ALARM).map(({ name }) => name);
  for (const name of missing) expect(names).not.toContain(`watch-${name}`);
  expect(names.includes("watch-certificate")).toBe("domain" in config);
  const groups = watched.resources.filter(({ type }) => type.endsWith(":LogGroup"));
  expect([...new Set(groups.map(({ inputs }) => Number(inputs.retentionInDays)))]).toEqual(days);
  expect((await judged(watched, TODAY)).summary).toMatchObject({ withFindings: 0, cannotTell: 0 });
});

describe("with load balancers", () => {
  const fronted = { domain: "ml.your-company.com", tls: { acm: "new" }, dns: { zone: "Z0123456789ABCDEF" } };
  let balanced: RunResult;
  beforeAll(async () => {
    const gateway = { sshFrom: ["203.0.113.0/24"], loadBalancer: true };
    balanced = await evaluateDev({ ...WATCH, ...fronted, gateway, backend: { loadBalancer: true } });
  });

  test("each has an alarm on its own 5xx, and one on hosts behind it that are not healthy", () => {
    const of = (name: string): RunResult["resources"][number] => byName(balanced, ALARM, `watch-${name}`);
    for (const id of ["front", "balancer"]) {
      expect(of(`${id}-errors`).inputs).toMatchObject({
        ...{ namespace: "AWS/ApplicationELB", metricName: "HTTPCode_ELB_5XX_Count", statistic: "Sum", treatMissingData: "notBreaching" },
      });
      expect(of(`${id}-targets`).inputs).toMatchObject({ metricName: "UnHealthyHostCount", statistic: "Maximum", threshold: 1 });
      expect(sources(balanced, of(`${id}-errors`), "dimensions")).toEqual([`${id}-lb`]);
      expect(sources(balanced, of(`${id}-targets`), "dimensions")).toEqual([`${id}-lb`, `${id}-targets`]);
      for (const name of ["errors", "targets"]) expect(sources(balanced, of(`${id}-${name}`), "alarmActions")).toEqual(["watch-topic"]);
    }
    expect(alarmed.resources.filter(({ name }) => /^watch-(front|balancer)-/.test(name))).toEqual([]);
  });

  test("the dashboard shows them by the names that AWS gives", () => {
    const names = { front: { balancer: "app/front/1", targets: "targetgroup/front/2" } };
    const shown = { region: "eu-west-1", check: "c", hosts: { gateway: { InstanceId: "i-1" } }, backups: false, tls: false };
    const widgets = (balancers: typeof names | object): { properties: { title: string; metrics: string[][]; region: string } }[] =>
      (
        JSON.parse(dashboardBody({ ...shown, balancers })) as {
          widgets: { properties: { title: string; metrics: string[][]; region: string } }[];
        }
      ).widgets;
    const added = widgets(names).slice(widgets({}).length);
    expect(added.map(({ properties: { title } }) => title)).toEqual([
      "Public load balancer: answers with 5xx, its own and of hosts",
      "Public load balancer: hosts that are not healthy",
      "Public load balancer: seconds until an answer begins, p99",
    ]);
    expect(added[1]?.properties).toMatchObject({
      region: "eu-west-1",
      metrics: [["AWS/ApplicationELB", "UnHealthyHostCount", "LoadBalancer", "app/front/1", "TargetGroup", "targetgroup/front/2"]],
    });
  });
});

describe("with the nightly check", () => {
  let checked: RunResult;
  beforeAll(async () => {
    checked = await evaluateDev({ watch: { ...WATCH.watch, drift: true } });
  });

  test("there are two alarms more: what was found holds until the next check, and none for two days is an alarm", async () => {
    const plain = new Set(alarmed.resources.map(({ urn }) => urn));
    expect(checked.resources.filter(({ urn }) => !plain.has(urn)).map(({ name }) => name)).toEqual([
      "watch-drift",
      "watch-drift-unchecked",
    ]);
    const common = { namespace: "ml-gateway/dev", metricName: "Drift", threshold: 1 };
    const [found, none] = ["watch-drift", "watch-drift-unchecked"].map((name) => byName(checked, ALARM, name));
    expect(found?.inputs).toMatchObject({ ...common, statistic: "Maximum", treatMissingData: "ignore" });
    expect(none?.inputs).toMatchObject({
      ...common,
      statistic: "SampleCount",
      period: 86_400,
      evaluationPeriods: 2,
      treatMissingData: "breaching",
    });
    for (const alarm of [found, none])
      expect(sources(checked, alarm as RunResult["resources"][number], "alarmActions")).toEqual(["watch-topic"]);
    const { summary } = await judged(checked, TODAY);
    expect(summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("the role of previews may put metrics into the stack's namespace alone, where there are such alarms", () => {
    expect(driftGrants(alarmed.resources)).toEqual([]);
    expect(driftGrants(checked.resources)).toEqual([
      expect.objectContaining({ actions: ["cloudwatch:PutMetricData"], equal: { "cloudwatch:namespace": ["ml-gateway/dev"] } }),
    ]);
  });
});

describe(".github/drift-metric.sh", () => {
  const testHere = unless(lacking("bash"));
  /** What the double of the AWS CLI was asked, and how it ended. */
  function told(code: string, stack = "prod"): { status: number | null; calls: string } {
    const double = mkdtempSync(join(tmpdir(), "drift-metric-"));
    try {
      writeFileSync(join(double, "aws"), '#!/usr/bin/env bash\nprintf "%s\\n" "$*" >>"$CALLS"\n', { mode: 0o755 });
      const env = { PATH: `${double}${delimiter}${process.env.PATH ?? ""}`, CALLS: join(double, "calls"), STACK: stack };
      const { status } = spawnSync("bash", [join(ROOT, ".github/drift-metric.sh"), code], { cwd: ROOT, env });
      return { status, calls: existsSync(env.CALLS) ? readFileSync(env.CALLS, "utf8") : "" };
    } finally {
      rmSync(double, { recursive: true });
    }
  }

  testHere("sends what the alarms look at: 0 for a check that found nothing, 1 for all else", () => {
    const sent = (value: number): string =>
      `cloudwatch put-metric-data --namespace ml-gateway/prod --metric-name ${DRIFT_METRIC} --value ${value} --unit None\n`;
    expect(told("0")).toEqual({ status: 0, calls: sent(0) });
    for (const code of ["1", "3", "70"]) expect(told(code)).toEqual({ status: 0, calls: sent(1) });
  });

  testHere("sends nothing without a code or a name of a stack", () => {
    for (const [code, stack] of [
      ["", "prod"],
      ["x", "prod"],
      ["0", "a b"],
    ] as const)
      expect(told(code, stack)).toEqual({ status: 1, calls: "" });
  });
});
