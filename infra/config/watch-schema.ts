/** The section `watch`: its keys. Part of schema.ts. */
import type { Section } from "./section";

export const WATCH_SECTION: Section = {
  description:
    "Alarms of CloudWatch and who is told of them: health as seen from outside, and for each host EC2's own checks and its processor. It costs by the alarm (docs/how-to/watch.md).",
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
    },
  },
};
