/**
 * List prices of AWS for the few resources that cost: on demand, Linux, USD, without tax, discounts and free tiers. Only what public sources
 * support; where a region or type is missing here, nothing is guessed.
 *
 * Read second-hand, since AWS's pages (https://aws.amazon.com/ec2/pricing/on-demand/, /ebs/pricing/, /vpc/pricing/, /s3/pricing/) take a browser:
 * - t3.micro, m5, c5 and r5 large, S3, data out: github.com/ctaminian/aws-cost-estimator, pricing.py
 * - the other T3 sizes, the xlarge ones and gp3: tables in five public repositories, which agree with each other
 * - public IPv4: https://www.doit.com/aws-public-ipv4-price-increase-the-complete-guide/
 * - NAT gateway: AWS Price List of October 2025 (SKU M2YSHUBETB3JX4M4), as a public repository quotes it
 * - load balancer: github.com/api-evangelist/amazon-elastic-load-balancing, which quotes AWS's page (its example of us-east-1), and
 *   https://cloud-horizons.com/blog/alb-the-line-item-nobody-watches/
 * - interface endpoint: https://cloudcostkit.com/calculators/aws-vpc-interface-endpoint-cost-calculator (its example)
 * - logs: https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/
 * - hosted zone: https://ns1.com/resources/aws-dns
 * Pure.
 */

/** Day on which the sources were read. */
export const PRICES_OF = "2026-11-27";
/** AWS's own convention for a month. */
export const HOURS = 730;

export interface Prices {
  /** An hour, by type. */
  readonly instances: Readonly<Record<string, number>>;
  /** A GB and month. */
  readonly gp3: number;
  readonly s3: number;
  /** An hour. */
  readonly natGateway: number;
  /** Application load balancer, without the capacity units that its traffic takes. */
  readonly loadBalancer: number;
  /** An hour, in one zone. */
  readonly interfaceEndpoint: number;
  /** A GB. */
  readonly natGatewayData: number;
  readonly dataOut: number;
  /** A GB that comes into CloudWatch Logs. */
  readonly logs: number;
}

/** A month, of standard resolution. Source: https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm; AWS's own page was seen for the ten that are free, not for this price. */
export const ALARM = 0.1;

/** Of CloudWatch, a month, for each of the first 10,000. Source: https://signoz.io/guides/cloudwatch-pricing */
export const METRIC = 0.3;

/** An hour, in every region. */
export const PUBLIC_IPV4 = 0.005;

/** Of Route 53, a month, in every region (the first 25). */
export const HOSTED_ZONE = 0.5;

const T3: readonly (readonly [size: string, hour: number])[] = [
  ["nano", 0.0052],
  ["micro", 0.0104],
  ["small", 0.0208],
  ["medium", 0.0416],
  ["large", 0.0832],
  ["xlarge", 0.1664],
  ["2xlarge", 0.3328],
];

export const PRICES: Readonly<Record<string, Prices>> = {
  "us-east-1": {
    instances: {
      ...Object.fromEntries(T3.map(([size, hour]) => [`t3.${size}`, hour])),
      ...{ "m5.large": 0.096, "m5.xlarge": 0.192, "c5.large": 0.085, "c5.xlarge": 0.17, "r5.large": 0.126, "r5.xlarge": 0.252 },
    },
    gp3: 0.08,
    s3: 0.023,
    natGateway: 0.045,
    loadBalancer: 0.0225,
    interfaceEndpoint: 0.01,
    natGatewayData: 0.045,
    dataOut: 0.09,
    logs: 0.5,
  },
};

/** Prices change; after a year nobody should trust these. */
export function areOld(today: Date): boolean {
  return today.getTime() - new Date(PRICES_OF).getTime() > 366 * 24 * 3600 * 1000;
}
