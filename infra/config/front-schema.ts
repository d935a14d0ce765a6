/** Keys of what the public meets: the name, TLS, and who reaches port 443. Part of schema.ts. */

export const domain = {
  type: "string",
  pattern: "^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$",
  form: "a full host name in lower case, without https:// and port",
  example: "ml.example.org",
};

const pem = { type: "string", minLength: 1 };

export const tlsProperties = {
  certificate: {
    ...pem,
    form: "PEM text: the server's certificate, then those that issued it, each below the one that it issued",
    example: "(from a file: pulumi config set --path tls.certificate < fullchain.pem)",
    description:
      "The certificate of `domain` with its chain, as PEM. It is checked at preview: order of the chain, key, names, time. `pulumi config set --path 'ml-gateway:tls.certificate' < fullchain.pem`.",
  },
  privateKey: {
    ...pem,
    secret: true,
    form: "a private key in PEM form, without a passphrase",
    example: "(from a file, by the command below)",
    description:
      "The key of that certificate, as PEM, without a passphrase: `pulumi config set --secret --path 'ml-gateway:tls.privateKey' < privkey.pem`.",
  },
  hstsSeconds: {
    type: "integer",
    minimum: 0,
    maximum: 63_072_000,
    default: 31_536_000,
    description:
      "How long browsers that were here once come by https alone (Strict-Transport-Security), in seconds; 0 leaves the header out. What they were told holds for that long: begin with 300 where it is not sure that TLS stays.",
  },
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Keys of `gateway`. */
export const accessProperties = {
  apiKeys: {
    type: "object",
    additionalProperties: {
      type: "string",
      minLength: 32,
      maxLength: 128,
      form: "a random key of 32 to 128 small letters, digits, - and _ (openssl rand -hex 32 makes one)",
      example: "(what openssl rand -hex 32 prints)",
    },
    form: "a group of names and secret keys",
    example: { "client-a": "(what openssl rand -hex 32 prints)" },
    default: {},
    secret: true,
    description:
      "Keys of the API by name, each set with `pulumi config set --secret --path 'ml-gateway:gateway.apiKeys.NAME'`. With any, nginx answers 401 to a request that brings none of them (X-Api-Key, or Authorization: Bearer); the name stands in the access log. Secret.",
  },
  apiAccess: {
    type: "object",
    additionalProperties: false,
    default: {},
    description: "How the keys of `apiKeys` are used.",
    properties: {
      perSecond: {
        type: "integer",
        minimum: 1,
        maximum: 100_000,
        default: 100,
        description: "Requests a second of one key; more are answered with 429.",
      },
      burst: {
        type: "integer",
        minimum: 1,
        maximum: 100_000,
        default: 200,
        description: "Requests of one key that may come at once on top of that.",
      },
      openHealth: { type: "boolean", default: true, description: "Health is answered without a key, for monitoring." },
      forwardKey: {
        type: "boolean",
        default: false,
        description: "The application gets the client's key too; without, nginx takes it off.",
      },
    },
  },
  cors: {
    type: "object",
    additionalProperties: false,
    description:
      "Pages of other origins that may use the API from a browser. nginx answers their preflights, and replaces what the application says of CORS.",
    required: ["origins"],
    properties: {
      origins: {
        type: "array",
        items: {
          type: "string",
          pattern: "^(\\*|https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?)$",
          form: "an origin in lower case: https://, host and perhaps a port, with nothing behind it",
          example: "https://app.example.org",
        },
        minItems: 1,
        uniqueItems: true,
        form: "a list of origins, each once, or * alone for all",
        example: ["https://app.example.org"],
        description: "Compared as a whole: no patterns, no parts of names.",
      },
      methods: {
        type: "array",
        items: { enum: METHODS, example: "PUT" },
        minItems: 1,
        uniqueItems: true,
        form: "a list of methods, each once",
        example: ["GET", "POST", "PUT"],
        default: ["GET", "POST"],
        description: "Methods that a preflight permits.",
      },
      headers: {
        type: "array",
        items: { type: "string", pattern: "^[A-Za-z0-9-]{1,64}$", form: "the name of a header", example: "X-Trace" },
        uniqueItems: true,
        form: "a list of names of headers, each once",
        example: ["Content-Type", "X-Trace"],
        default: ["Content-Type", "Authorization", "X-Api-Key"],
        description: "Headers that a preflight permits.",
      },
      maxAge: {
        type: "integer",
        minimum: 0,
        maximum: 86_400,
        default: 600,
        description: "Seconds for which a browser may keep a preflight's answer.",
      },
      credentials: { type: "boolean", default: false, description: "Pages may send cookies; not with all origins." },
    },
  },
};
