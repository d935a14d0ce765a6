import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";
import { label, violation } from "./report";

const FIX =
  "make the key outside (ssh-keygen), give the program its public half, and the private one as secret configuration where it must connect";
/** Resources whose outputs hold a private key that did not exist before. */
const MAKERS =
  /^(tls:index\/privateKey:PrivateKey|aws:lightsail\/keyPair:KeyPair|tls-self-signed-cert:index:SelfSignedCertificate|acme:index\/registration:Registration)$/;

export const policy: Policy = {
  id: "private-key-generated",
  severity: "high",
  control: "NET-4",
  tags: ["secrets", "ssh"],
  description: "The program creates no private key.",
  why: "A key made by a resource lives in the state for ever, in every backup of it, and for everybody who can decrypt it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'const key = new tls.PrivateKey("ssh", { algorithm: "ED25519" });',
  good: 'new aws.ec2.KeyPair("ssh", { publicKey: config.require("sshPublicKey") });',
  evaluate: (graph) =>
    ofType(graph, MAKERS).map((resource) => violation(resource, `${label(resource)} keeps a private key in the state: ${FIX}`)),
};
