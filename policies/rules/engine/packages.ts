/** What other packages and CloudFormation types can change. */

/** Packages that do not act in an AWS account, by what they do instead. What receives a guarded thing is reported all the same (graph/closed-world). */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "computes values, or writes files beside the program": "random tls time null std archive local-file tls-self-signed-cert age sops purge",
  "keeps source code and builds": "github gitlab bitbucket azuredevops pulumiservice",
  "watches and informs":
    "datadog newrelic pagerduty opsgenie grafana sentry honeycomb splunk sumologic statuscake uptimerobot betteruptime checkly slack",
  "keeps identities and secrets outside AWS": "auth0 okta keycloak vault infisical doppler onepassword acme cert-manager",
  "names and caches outside AWS": "cloudflare ns1 dnsimple dnsmadeeasy akamai fastly dns external http",
  "another cloud":
    "azure azure-native azuread gcp google-native digitalocean linode hcloud vultr scaleway ovh oci vercel netlify heroku render railway libvirt proxmoxve vsphere esxi",
  "a database or a queue outside AWS":
    "mongodbatlas postgresql mysql mssql snowflake confluentcloud kafka redis rediscloud rabbitmq aiven upstash neon supabase",
  "settings of an application": "launchdarkly configcat twilio consul",
  "containers and private networks, on hosts that it is given":
    "docker docker-build dockerbuild kubernetes helm nomad tailscale wireguard zerotier unifi mikrotik",
};

export const HARMLESS_PACKAGES: ReadonlySet<string> = new Set(Object.values(ELSEWHERE).flatMap((names) => names.split(" ")));

/** CloudFormation types that change nothing this checklist is about. Everything else, also a type that is new, may. */
const HARMLESS_TYPES =
  /^(AWS::(Budgets|CE|CloudWatch|Logs|SNS|SQS|DynamoDB|Chatbot|Notifications|ResourceGroups|CertificateManager|Cassandra|Timestream|QLDB|Location|Route53RecoveryReadiness|XRay|ApplicationSignals|RUM|Synthetics|Detective|GuardDuty|Inspector|InspectorV2|Macie|AccessAnalyzer|DevOpsGuru|CodeGuruReviewer|CodeGuruProfiler)::\w+|AWS::CloudFormation::(WaitCondition|WaitConditionHandle)|AWS::CDK::Metadata|AWS::EC2::(FlowLog|NetworkInsightsPath|NetworkInsightsAnalysis))$/i;

/** Of these services only the types that let others in, or act with somebody's rights. */
const OPENS = /(Policy|Permission|BudgetsAction|Canary|Integration|Destination|Delegation|Grant|Attachment|Association|Hook)$/i;

/** Can a resource of this CloudFormation type change what the checklist is about? */
export function reachesGuards(type: string): boolean {
  return !HARMLESS_TYPES.test(type) || OPENS.test(type);
}
