/** Alarms: what they look at, whom they tell, and what the pack says of them. */
import type { RunResult } from "../../infra/offline/engine";
import { costLines } from "../../infra/cli/cost";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { evaluate } from "../../policies/core/evaluate";
import { loadGraph } from "../../policies/graph/load";
import { policies } from "../../policies/rules";
import { byName, evaluateDev, sources } from "./evaluate";

jest.setTimeout(60_000);

const MAIL = "operations@your-company.com";
const WATCH = { watch: { enabled: true, emails: [MAIL] } };
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const CHECK = "aws:route53/healthCheck:HealthCheck";

describe("in us-east-1", () => {
  let watched: RunResult;
  beforeAll(async () => {
    watched = await evaluateDev(WATCH);
  });

  test("adds these resources and changes no other", async () => {
    const plain = new Set((await evaluateDev()).resources.map(({ urn }) => urn));
    const added = watched.resources.filter(({ urn }) => !plain.delete(urn)).map(({ type, name }) => `${type.split(":").pop()} ${name}`);
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
    const { graph } = loadGraph(JSON.stringify({ resources: watched.resources }), "watch");
    const { summary } = await evaluate(policies, graph, DEFAULT_CONFIG, "2026-11-27");
    expect(summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("every alarm tells the topic, at its end too, and counts silence as an alarm", () => {
    const alarms = watched.resources.filter(({ type }) => type === ALARM);
    for (const alarm of alarms) {
      for (const actions of ["alarmActions", "okActions"]) expect(sources(watched, alarm, actions)).toEqual(["watch-topic"]);
      expect(alarm.inputs.treatMissingData).toBe("breaching");
    }
    expect(sources(watched, byName(watched, ALARM, "watch-backend-status"), "dimensions")).toEqual(["backend-instance"]);
    expect(byName(watched, ALARM, "watch-health").inputs.metricName).toBe("HealthCheckStatus");
  });

  test("health is asked for where clients are answered", () => {
    const check = byName(watched, CHECK, "watch-health");
    expect(check.inputs).toMatchObject({ type: "HTTP", port: 80, resourcePath: "/health" });
    expect(sources(watched, check, "ipAddress")).toEqual(["gateway-instance"]);
  });

  test("costs are said, and what is not known of them", () => {
    const lines = costLines(watched.resources, "us-east-1");
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
  const { graph } = loadGraph(JSON.stringify({ resources: watched.resources }), "watch");
  const { summary } = await evaluate(policies, graph, DEFAULT_CONFIG, "2026-11-27");
  expect(summary).toMatchObject({ withFindings: 0, cannotTell: 0 });
});
