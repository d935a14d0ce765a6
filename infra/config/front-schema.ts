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
