/** The section `watch`: its keys. Part of schema.ts. */
import type { Section } from "./section";

const threshold = (value: number, [least, most]: readonly [number, number], unit: string, description: string): object => ({
  type: "number",
  minimum: least,
  maximum: most,
  default: value,
  form: `a number of ${unit} from ${least} to ${most}`,
  example: value,
  description,
});

const THRESHOLDS = {
  type: "object",
  additionalProperties: false,
  default: {},
  form: "a group of thresholds",
  example: { p99Seconds: 2 },
  description: "From where on the alarms of `watch.metrics` go off.",
  properties: {
    memoryPercent: threshold(90, [1, 100], "per cent", "Memory in use, for a quarter of an hour."),
    diskPercent: threshold(85, [1, 100], "per cent", "Root volume in use, for a quarter of an hour."),
    errorPercent: threshold(5, [0.01, 100], "per cent", "Answers with 5xx among those that clients get, for a quarter of an hour."),
    p99Seconds: threshold(
      2,
      [0.01, 3600],
      "seconds",
      "How long the slowest hundredth of the answers that clients get takes to begin, for a quarter of an hour.",
    ),
    backupHours: threshold(26, [1, 8784], "hours", "Age of the last whole backup: more than `backup.schedule` has between two of them."),
    certificateDays: threshold(10, [1, 365], "days", "What the certificate has left, where `domain` is given."),
  },
};

export const WATCH_SECTION: Section = {
  description:
    "Alarms of CloudWatch and who is told of them: health as seen from outside, and for each host EC2's own checks and its processor; and what the hosts themselves measure and log. It costs by the alarm, by the metric and by the GB of logs (docs/how-to/watch.md).",
  schema: {
    type: "object",
    additionalProperties: false,
    default: {},
    properties: {
      enabled: {
        type: "boolean",
        default: false,
        description: "Makes a topic of SNS, the alarms, a health check of Route 53 and a dashboard.",
      },
      emails: {
        type: "array",
        items: {
          type: "string",
          maxLength: 254,
          pattern: "^[^@\\s]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
          form: "an address for mail",
          example: "operations@your-company.com",
        },
        uniqueItems: true,
        maxItems: 20,
        default: [],
        form: "a list of addresses for mail, each once",
        example: ["operations@your-company.com"],
        description: "Who gets mail when an alarm goes off and when it ends. AWS asks each address once whether it wants that, by mail.",
      },
      metrics: {
        type: "boolean",
        default: false,
        description:
          "The hosts send metrics each minute: memory, disk, requests with their 5xx and how long answers take, the release that serves, the age of the last backup, and the days that the certificate has left. With alarms (`watch.thresholds`) and graphs.",
      },
      logs: {
        type: "boolean",
        default: false,
        description:
          "The hosts send their logs each minute: of the application, access and error, the journal of the services, and the logs of the set-up steps. What the application prints is sent as it is.",
      },
      logDays: {
        enum: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
        default: 30,
        example: 90,
        description: "Days that CloudWatch keeps the logs.",
      },
      drift: {
        type: "boolean",
        default: false,
        description:
          "Alarms on what the nightly check of the hosts found (`.github/workflows/nightly.yml`, which has to run for this stack), and on a check that did not run for two days.",
      },
      thresholds: THRESHOLDS,
    },
  },
};
