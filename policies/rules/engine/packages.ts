/** What other packages and CloudFormation types can change. */

/** Packages that do not touch an AWS account's network, machines, roles or buckets. */
export const HARMLESS_PACKAGES: ReadonlySet<string> = new Set(
  (
    "random tls time null std archive local http docker docker-build dockerbuild github gitlab bitbucket cloudflare datadog newrelic pagerduty opsgenie " +
    "auth0 okta keycloak vault kubernetes helm azure azure-native azuread azuredevops gcp google-native digitalocean linode hcloud vultr scaleway ovh oci " +
    "mongodbatlas postgresql mysql mssql snowflake databricks confluentcloud kafka redis rediscloud rabbitmq grafana sentry honeycomb splunk sumologic statuscake " +
    "uptimerobot betteruptime checkly tailscale wireguard zerotier ns1 dnsimple dnsmadeeasy akamai fastly consul nomad pulumiservice slack twilio spotinst " +
    "launchdarkly configcat aiven upstash neon supabase vercel netlify heroku render railway unifi mikrotik libvirt proxmoxve vsphere esxi local-file purge acme " +
    "tls-self-signed-cert cert-manager dns external infisical doppler onepassword age sops"
  ).split(" "),
);

const REACHING =
  /^(AWS::(EC2|IAM|S3|S3Outposts|S3Express|ElasticLoadBalancing|ElasticLoadBalancingV2|AutoScaling|CloudFront|GlobalAccelerator|VpcLattice|NetworkFirewall|NetworkManager|CloudFormation|Lambda|ECS|EKS|Batch|SSM|ImageBuilder|OpsWorks|ElasticBeanstalk|Serverless|ServiceCatalog|DirectConnect|KMS|SecretsManager|RolesAnywhere|SSO|Organizations|ResourceExplorer2|Transfer|DataSync|ApiGateway|ApiGatewayV2|AppRunner|Lightsail)::|Custom::)/i;

/** Can a resource of this CloudFormation type change what the checklist is about? */
export function reachesGuards(type: string): boolean {
  return REACHING.test(type);
}

/** The resource types in a template, JSON or YAML, short or long spelling. */
export function bodyTypes(body: string): string[] {
  const types = [...body.matchAll(/["']?Type["']?\s*:\s*["']?((?:AWS|Custom|Alexa)::[\w:]+)/g)].map(([, type = ""]) => type);
  const included = /Fn::Transform|!Transform|^\s*["']?Transform["']?\s*:/m.test(body) ? ["AWS::Serverless::Transform"] : [];
  return [...new Set([...types, ...included])];
}
