import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { TLS_POLICY } from "../external-names";
import { tags } from "../naming";
import { FRONT_LOGS, type AccessLogs } from "./access-logs";
import type { Targets } from "./balancer";
import { balancerInputs, drained, targetInputs, type LoadBalancerArgs } from "./load-balancer";

/** Its subnets are public ones. */
export interface PublicBalancerArgs extends LoadBalancerArgs {
  /** Name by which clients come. */
  readonly domain: string;
  /** ARN of a certificate of that name, or "new" for one that is proven in `zone`. */
  readonly certificate: string;
  /** Id of the hosted zone of the name. */
  readonly zone?: string;
  /** @default none: a fleet registers its hosts by itself */
  readonly gatewayId?: pulumi.Input<string>;
  /** AWS refuses to delete it. */
  readonly protect: boolean;
  /** @default none are written */
  readonly logs?: AccessLogs;
}

/** Of nginx on the gateway. */
const PORT = 80;

/** A public application load balancer in front of the gateway or of several: HTTPS with a certificate of ACM, and port 80 leads there. */
export class PublicBalancer extends pulumi.ComponentResource {
  readonly dnsName: pulumi.Output<string>;
  /** Of Route 53, for aliases. */
  readonly zoneId: pulumi.Output<string>;
  readonly targets: Targets;

  constructor(
    private readonly name: string,
    private readonly args: PublicBalancerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:PublicBalancer", name, {}, opts);
    const parent = { parent: this };
    const balancer = new aws.lb.LoadBalancer(
      `${name}-lb`,
      {
        ...balancerInputs(args, "gateway"),
        internal: false,
        // The client's address comes last in X-Forwarded-For, whatever the client wrote there: the gateway's nginx goes by the last one.
        xffHeaderProcessingMode: "append",
        enableDeletionProtection: args.protect,
        ...(args.logs === undefined ? {} : { accessLogs: { enabled: true, bucket: args.logs.bucketName, prefix: FRONT_LOGS } }),
      },
      // It writes a file for a test when it is told where.
      { ...parent, dependsOn: args.logs === undefined ? [] : [args.logs] },
    );
    const targets = new aws.lb.TargetGroup(`${name}-targets`, targetInputs(args, PORT, "gateway"), parent);
    if (args.gatewayId !== undefined) {
      const drain = drained(`${name}-gateway`, args.gatewayId, args.limits, this);
      const inputs = { targetGroupArn: targets.arn, targetId: args.gatewayId, port: PORT };
      new aws.lb.TargetGroupAttachment(`${name}-gateway`, inputs, { ...parent, dependsOn: [drain] });
    }
    const common = { loadBalancerArn: balancer.arn, tags: tags("gateway") };
    new aws.lb.Listener(
      `${name}-https`,
      {
        ...common,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: TLS_POLICY,
        certificateArn: args.certificate === "new" ? this.certificate() : args.certificate,
        defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
      },
      parent,
    );
    // A load balancer knows 301 and 302 alone.
    const redirect = { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" };
    new aws.lb.Listener(
      `${name}-http`,
      { ...common, port: 80, protocol: "HTTP", defaultActions: [{ type: "redirect", redirect }] },
      parent,
    );
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.targets = { arn: targets.arn, suffix: targets.arnSuffix, balancerSuffix: balancer.arnSuffix };
    this.registerOutputs({ dnsName: this.dnsName, zoneId: this.zoneId });
  }

  /** @returns the ARN, once AWS has issued it: a listener takes no other */
  private certificate(): pulumi.Output<string> {
    const { domain, zone = "" } = this.args;
    const certificate = new aws.acm.Certificate(
      `${this.name}-certificate`,
      { domainName: domain, validationMethod: "DNS", tags: tags("gateway") },
      { parent: this },
    );
    // One name, so there is one record. It stays: AWS renews the certificate by it.
    const asked = certificate.domainValidationOptions.apply(([option]) => option);
    const record = new aws.route53.Record(
      `${this.name}-validation`,
      {
        zoneId: zone,
        name: asked.apply((one) => one?.resourceRecordName ?? ""),
        type: asked.apply((one) => one?.resourceRecordType ?? ""),
        ttl: 300,
        records: [asked.apply((one) => one?.resourceRecordValue ?? "")],
        // The same for all certificates of a name in an account: one may be there already.
        allowOverwrite: true,
      },
      { parent: this },
    );
    const issued = new aws.acm.CertificateValidation(
      `${this.name}-issued`,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { parent: this },
    );
    return issued.certificateArn;
  }
}
