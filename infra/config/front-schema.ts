/** Keys of what the public meets: the name, TLS, and who reaches port 443. Part of schema.ts. */

import { LETS_ENCRYPT } from "../external-names";

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
  acme: {
    type: "object",
    additionalProperties: false,
    form: "a group with email and agreeToTerms",
    example: { email: "operations@your-company.com", agreeToTerms: true },
    description:
      "In place of a certificate of your own: the gateway gets one by itself (certbot) and renews it. The authority asks on port 80, so the name has to lead to the gateway (`gateway.elasticIp` and a record of yours, or `dns.zone`); or it looks for a record (`challenge`).",
    required: ["email", "agreeToTerms"],
    properties: {
      email: {
        type: "string",
        pattern: "^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63}$",
        form: "an address of e-mail",
        example: "operations@your-company.com",
        description: "Where the authority writes to, for its account.",
      },
      agreeToTerms: {
        type: "boolean",
        enum: [true],
        form: "true, when you have read the terms of the authority and agree",
        example: true,
        description:
          "That you agree to the authority's terms (Let's Encrypt: https://letsencrypt.org/repository/); nobody can do it for you.",
      },
      directory: {
        type: "string",
        pattern: "^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$",
        form: "the https:// address of an authority's directory",
        default: LETS_ENCRYPT.production,
        example: LETS_ENCRYPT.staging,
        description: `The authority. Let's Encrypt by default; ${LETS_ENCRYPT.staging} has far higher limits and certificates that nobody trusts.`,
      },
      challenge: {
        enum: ["http", "dns"],
        default: "http",
        example: "dns",
        description:
          "How the name is proven. `http`: the authority asks the gateway on port 80 (HTTP-01). `dns`: the gateway makes the TXT record `_acme-challenge.<domain>` in `dns.zone`, which its role may change, and no other (DNS-01): nobody has to reach it.",
      },
      eabKeyId: {
        type: "string",
        pattern: "^[A-Za-z0-9_.:/+=-]{1,256}$",
        form: "the key id of external account binding, as the authority gave it",
        example: "kid-1",
        description:
          "For authorities that bind ACME to an account that you have with them (ZeroSSL, Google), together with `tls.eabHmacKey`.",
      },
    },
  },
  acm: {
    type: "string",
    pattern: "^(new|arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36})$",
    form: "new, or the ARN of a certificate of ACM",
    example: "new",
    description:
      "With `gateway.loadBalancer`: the certificate of the load balancer. `new`: the program asks AWS Certificate Manager for one of `domain`, and proves the name by a record in `dns.zone`; AWS renews it. Or the ARN of one that is there, in the region of the stack.",
  },
  eabHmacKey: {
    type: "string",
    secret: true,
    minLength: 16,
    maxLength: 1024,
    form: "the HMAC key of external account binding, as the authority gave it",
    example: "(what the authority gave, by the command below)",
    description:
      "The HMAC key that belongs to `tls.acme.eabKeyId`: `pulumi config set --secret --path 'ml-gateway:tls.eabHmacKey'`. Secret.",
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

export const dnsProperties = {
  zone: {
    type: "string",
    pattern: "^Z[A-Z0-9]{1,31}$",
    form: "the id of a hosted zone of Route 53, Z and capital letters and digits",
    example: "Z0123456789ABCDEFGHIJ",
    description:
      "Id of the public hosted zone of Route 53 that gets an A record of `domain`, which follows the gateway's address, or leads to its load balancer (aws route53 list-hosted-zones shows it). Without it you make the record.",
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
  basicAuth: {
    type: "object",
    additionalProperties: {
      type: "string",
      minLength: 16,
      maxLength: 128,
      form: "a password of 16 to 128 characters (openssl rand -base64 24 makes one)",
      example: "(what openssl rand -base64 24 prints)",
    },
    form: "a group of user names and secret passwords",
    example: { operations: "(what openssl rand -base64 24 prints)" },
    default: {},
    secret: true,
    description:
      "Passwords by user, each set with `pulumi config set --secret --path 'ml-gateway:gateway.basicAuth.USER'`. With any, nginx asks for one of them (HTTP basic authentication), or for a key of `apiKeys`. Serve HTTPS as well. Secret.",
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

/** Of the public load balancer. */
export const accessLogProperties = {
  accessLogs: {
    type: "object",
    additionalProperties: false,
    form: "a group with the days that logs stay, or {}",
    example: { days: 90 },
    description:
      "The public load balancer (`gateway.loadBalancer`) writes a line of each request to a private bucket of the stack, every five minutes; `{}` takes the default. S3's price for what is stored, nothing for the delivery. They go when the stack is destroyed, unless `protect.bucket` is true.",
    properties: {
      days: { type: "integer", minimum: 1, maximum: 3653, default: 90, description: "Days that a log stays." },
    },
  },
} as const;
