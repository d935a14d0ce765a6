/** The section `release`: its keys. Part of schema.ts. */
import { DEFAULT_BAKE, DEFAULT_SHADOW } from "../release/limits";
import type { Section } from "./section";

const share = { type: "number", minimum: 0, maximum: 1, form: "a share from 0 to 1 without quotes" };

const shadowProperties = {
  seconds: {
    type: "integer",
    minimum: 0,
    maximum: 600,
    default: DEFAULT_SHADOW.seconds,
    description:
      "How long at most, in seconds; 0 switches it off. A release takes that much longer, unless `maxRequests` are through earlier.",
  },
  percent: {
    type: "number",
    minimum: 1,
    maximum: 100,
    multipleOf: 0.01,
    default: DEFAULT_SHADOW.percent,
    form: "a number from 1 to 100 without quotes, with two decimals at most",
    description:
      "How many in a hundred of the requests that may be copied are. Each of these is work for the serving release once more, and for the candidate; one is asked at a time, and what comes faster is dropped.",
  },
  requests: {
    type: "array",
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    items: {
      type: "string",
      maxLength: 1000,
      pattern: "^(GET|HEAD|POST) /[\\w./~%&=,:@+-]*$",
      form: "GET, HEAD or POST, a blank, and a path without its query",
      example: "POST /predict",
    },
    form: "a list of requests, each a method and a path",
    example: ["POST /predict"],
    description:
      "Which may be copied, exactly, with whatever query: the application is asked them twice more, so only what changes nothing, such as asking a model. Without it the request of `gateway.proof`, which every deployment sends as well.",
  },
  minRequests: {
    type: "integer",
    minimum: 1,
    maximum: 100000,
    default: DEFAULT_SHADOW.minRequests,
    description: "With fewer compared answers `minAgreement` refuses nothing, and the step says so.",
  },
  maxRequests: {
    type: "integer",
    minimum: 1,
    maximum: 100000,
    default: DEFAULT_SHADOW.maxRequests,
    description: "With so many compared answers it is over before its time.",
  },
  bodyKiB: {
    type: "integer",
    minimum: 1,
    maximum: 1024,
    default: DEFAULT_SHADOW.bodyKiB,
    description:
      "Requests with a larger body are not copied, in KiB. nginx keeps what is over 16 KiB in a file while a request is at work, copied or not.",
  },
  tolerance: {
    type: "number",
    minimum: 0,
    maximum: 1,
    default: DEFAULT_SHADOW.tolerance,
    form: "a number from 0 to 1 without quotes",
    description:
      "How far a number in a JSON answer may be off: by this share of it, or by this much. Other answers have to be the same byte for byte.",
  },
  ignore: {
    type: "array",
    maxItems: 50,
    uniqueItems: true,
    items: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      pattern: "^[^\\x00-\\x1f\\x7f]+$",
      form: "the name of a key on one line",
      example: "model_version",
    },
    default: DEFAULT_SHADOW.ignore,
    form: "a list of names of keys",
    example: ["model_version"],
    description:
      "Keys of JSON answers that are not compared, wherever they stand: what names the release or the time. What the serving release itself answers differently when asked again is left out anyway.",
  },
  minAgreement: {
    ...share,
    description:
      "The share of compared answers that have to agree, for example 0.95; with less the release is refused, with the numbers. Without it they are reported only.",
    example: 0.95,
  },
};

export const RELEASE_SECTION: Section = {
  description:
    "How a release is tried and watched beyond its health. After the switch both hosts watch it by nginx's log, and one that is worse than the release before is rolled back; before the switch the backend's candidate can be asked copies of live requests (`shadow`). The step fails with the numbers.",
  schema: {
    type: "object",
    additionalProperties: false,
    default: {},
    properties: {
      bakeSeconds: {
        type: "integer",
        minimum: 0,
        maximum: 600,
        default: DEFAULT_BAKE.bakeSeconds,
        description:
          "How long, in seconds; 0 switches it off. Where so few requests came in the five minutes before that none is to be expected in this time, nothing is waited for, and the step says that nothing was learnt.",
      },
      bakeErrorShare: {
        ...share,
        default: DEFAULT_BAKE.bakeErrorShare,
        description:
          "How much larger the share of answers with 5xx may be than in the five minutes before (0.05: five in a hundred more). Fewer than three are never too many.",
      },
      bakeLatency: {
        type: "number",
        minimum: 1,
        maximum: 1000,
        default: DEFAULT_BAKE.bakeLatency,
        form: "a number from 1 to 1000 without quotes",
        description:
          "How many times as long as before the median answer may take to begin. It has to be 0.2 s longer as well, and of 20 answers each.",
      },
      shadow: {
        type: "object",
        additionalProperties: false,
        default: {},
        properties: shadowProperties,
        description:
          "Before the switch the backend's nginx copies a share of live requests, both releases are asked these, and the step reports how many answers agree and how long both take. Clients get the serving release's answers as ever; no body is kept. Off unless `seconds` is given.",
      },
    },
  },
};
