/** Area Z: what ordinary programs have beside the gateway and the backend. None of it is a finding. */
import { archive, computed, secret, stringAsset } from "../core/builder";
import type { Handle, Program } from "../core/builder";
import { partsOf } from "../network/parts";
import { backend, bucket, role } from "./frame";
import type { Mutation } from "./frame";

type Statement = Readonly<Record<string, unknown>>;

const gateway = (p: Program): Handle => p.find("aws:ec2/instance:Instance", /gateway/);
const bucketName = (p: Program): string => String(p.inputs(bucket(p)).bucket);
const pol = (...statements: readonly Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | readonly string[], Resource: string | readonly string[]): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
});
const trust = (Principal: Statement): string => pol({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });

/** A role that a service takes, with one of AWS's policies and statements of its own. */
function svc(p: Program, name: string, service: string, managed?: string, ...own: readonly Statement[]): Handle {
  const made = p.add("aws:iam/role:Role", name, { name, assumeRolePolicy: trust({ Service: service }) });
  if (managed !== undefined)
    p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", `${name}-m`, {
      role: made.id,
      policyArn: `arn:aws:iam::aws:policy/${managed}`,
    });
  if (own.length > 0) p.add("aws:iam/rolePolicy:RolePolicy", `${name}-p`, { role: made.id, policy: pol(...own) });
  return made;
}

/** A bucket that nobody but its owner gets at. */
function closed(p: Program, made: Handle, name: string): Handle {
  p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${name}-pab`, {
    bucket: made.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  return made;
}

const one = (id: string, apply: (p: Program) => unknown): Mutation => ({
  id,
  title: "beside the backend",
  expect: [],
  apply: (p) => void apply(p),
});
const ACC = "123456789012";

export const mutations: Mutation[] = [
  one("Z-dlm", (p) => {
    const r = svc(p, "dlm", "dlm.amazonaws.com", "service-role/AWSDataLifecycleManagerServiceRole");
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "x", {
      description: "daily",
      executionRoleArn: r.arn,
      state: "ENABLED",
      policyDetails: {
        resourceTypes: ["INSTANCE"],
        targetTags: { Role: "backend" },
        schedules: [
          {
            name: "daily",
            createRule: { interval: 24, intervalUnit: "HOURS", times: "03:00" },
            retainRule: { count: 7 },
            copyTags: true,
            tagsToAdd: { By: "dlm" },
          },
        ],
      },
    });
  }),
  one("Z-dlm-volume-xregion", (p) =>
    p.add("aws:dlm/lifecyclePolicy:LifecyclePolicy", "x", {
      description: "daily",
      executionRoleArn: `arn:aws:iam::${ACC}:role/dlm`,
      policyDetails: {
        resourceTypes: ["VOLUME"],
        targetTags: { Role: "backend" },
        schedules: [
          {
            name: "d",
            createRule: { interval: 24 },
            retainRule: { count: 7 },
            crossRegionCopyRules: [{ target: "us-west-2", encrypted: true, retainRule: { interval: 7, intervalUnit: "DAYS" } }],
          },
        ],
      },
    }),
  ),
  one("Z-backup-plan", (p) => {
    const v = p.add("aws:backup/vault:Vault", "v", { name: "v", kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" });
    const pl = p.add("aws:backup/plan:Plan", "plan", {
      name: "d",
      rules: [{ ruleName: "d", targetVaultName: "v", schedule: "cron(0 3 * * ? *)", lifecycle: { deleteAfter: 30 } }],
    });
    const r = svc(p, "bk", "backup.amazonaws.com", "service-role/AWSBackupServiceRolePolicyForBackup");
    p.add("aws:backup/selection:Selection", "sel", { planId: pl.id, iamRoleArn: r.arn, name: "s", resources: [backend(p).arn] });
    p.add("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "lock", { backupVaultName: v.id, minRetentionDays: 7 });
  }),
  one("Z-dashboard", (p) =>
    p.add("aws:cloudwatch/dashboard:Dashboard", "x", {
      dashboardName: "d",
      dashboardBody: JSON.stringify({
        widgets: [
          {
            type: "metric",
            properties: { metrics: [["AWS/EC2", "CPUUtilization", "InstanceId", "i-0123456789abcdef0"]], region: "us-east-1" },
          },
        ],
      }),
    }),
  ),
  one("Z-dashboard-ref", (p) =>
    p.add("aws:cloudwatch/dashboard:Dashboard", "x", { dashboardName: "d", dashboardBody: computed(backend(p)) }),
  ),
  one("Z-alarm-sns", (p) => {
    const t = p.add("aws:sns/topic:Topic", "t", { name: "alarms" });
    p.add("aws:sns/topicSubscription:TopicSubscription", "s", { topic: t.arn, protocol: "email", endpoint: "ops@example.org" });
    p.add("aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 2,
      metricName: "CPUUtilization",
      namespace: "AWS/EC2",
      period: 60,
      statistic: "Average",
      threshold: 80,
      dimensions: { InstanceId: backend(p).id },
      alarmActions: [t.arn],
    });
  }),
  one("Z-alarm-recover", (p) =>
    p.add("aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
      metricName: "StatusCheckFailed_System",
      namespace: "AWS/EC2",
      dimensions: { InstanceId: backend(p).id },
      alarmActions: ["arn:aws:automate:us-east-1:ec2:recover"],
    }),
  ),
  one("Z-budget", (p) =>
    p.add("aws:budgets/budget:Budget", "x", {
      budgetType: "COST",
      limitAmount: "50",
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      notifications: [
        {
          comparisonOperator: "GREATER_THAN",
          threshold: 80,
          thresholdType: "PERCENTAGE",
          notificationType: "ACTUAL",
          subscriberEmailAddresses: ["ops@example.org"],
        },
      ],
    }),
  ),
  one("Z-anomaly", (p) =>
    p.add("aws:costexplorer/anomalyMonitor:AnomalyMonitor", "x", { name: "m", monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }),
  ),
  one("Z-sns-policy-own", (p) => {
    const t = p.add("aws:sns/topic:Topic", "t", { name: "alarms" });
    p.add("aws:sns/topicPolicy:TopicPolicy", "tp", {
      arn: t.arn,
      policy: pol({ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish", Resource: "*" }),
    });
  }),
  one("Z-lambda-alone", (p) => {
    const r = svc(p, "fn", "lambda.amazonaws.com", "service-role/AWSLambdaBasicExecutionRole");
    p.add("aws:lambda/function:Function", "f", {
      role: r.arn,
      runtime: "python3.12",
      handler: "index.handler",
      code: archive({ "index.py": stringAsset("def handler(e, c):\n    return {'ok': True}\n") }),
    });
    p.add("aws:cloudwatch/logGroup:LogGroup", "lg", { name: "/aws/lambda/f", retentionInDays: 14 });
  }),
  one("Z-lambda-dynamo", (p) => {
    const t = p.add("aws:dynamodb/table:Table", "t", {
      name: "orders",
      hashKey: "id",
      billingMode: "PAY_PER_REQUEST",
      attributes: [{ name: "id", type: "S" }],
    });
    const r = svc(
      p,
      "fn",
      "lambda.amazonaws.com",
      "service-role/AWSLambdaBasicExecutionRole",
      allow(["dynamodb:PutItem", "dynamodb:GetItem"], `arn:aws:dynamodb:us-east-1:${ACC}:table/orders`),
    );
    p.add("aws:lambda/function:Function", "f", {
      role: r.arn,
      runtime: "nodejs20.x",
      handler: "i.h",
      s3Bucket: "code",
      s3Key: "k",
      environment: { variables: { TABLE: t.out("name") } },
    });
  }),
  one("Z-lambda-schedule", (p) => {
    const r = svc(p, "fn", "lambda.amazonaws.com", "service-role/AWSLambdaBasicExecutionRole");
    const f = p.add("aws:lambda/function:Function", "f", {
      role: r.arn,
      runtime: "nodejs20.x",
      handler: "i.h",
      s3Bucket: "code",
      s3Key: "k",
    });
    const e = p.add("aws:cloudwatch/eventRule:EventRule", "e", { scheduleExpression: "rate(1 hour)" });
    p.add("aws:cloudwatch/eventTarget:EventTarget", "et", { rule: e.out("name"), arn: f.arn });
    p.add("aws:lambda/permission:Permission", "perm", {
      action: "lambda:InvokeFunction",
      function: f.out("name"),
      principal: "events.amazonaws.com",
      sourceArn: e.arn,
    });
  }),
  one("Z-ecr", (p) => {
    const r = p.add("aws:ecr/repository:Repository", "r", {
      name: "app",
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: "IMMUTABLE",
      encryptionConfigurations: [{ encryptionType: "KMS" }],
    });
    p.add("aws:ecr/lifecyclePolicy:LifecyclePolicy", "lp", {
      repository: r.out("name"),
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 5 },
            action: { type: "expire" },
          },
        ],
      }),
    });
  }),
  one("Z-rds", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "dbsg", { vpcId: q.vpc.id, description: "db" });
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "dbin", {
      securityGroupId: g.id,
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
      referencedSecurityGroupId: q.backendGroup.id,
    });
    const sg = p.add("aws:rds/subnetGroup:SubnetGroup", "dbsn", { subnetIds: [q.privateSubnet.id] });
    p.add("aws:rds/instance:Instance", "db", {
      engine: "postgres",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      dbSubnetGroupName: sg.out("name"),
      vpcSecurityGroupIds: [g.id],
      storageEncrypted: true,
      publiclyAccessible: false,
      manageMasterUserPassword: true,
      username: "app",
      skipFinalSnapshot: false,
    });
  }),
  one("Z-alb-logs", (p) => {
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "logs", { bucket: "acme-alb-logs-1" }), "logs");
    p.add("aws:s3/bucketPolicy:BucketPolicy", "lp", {
      bucket: b.id,
      policy: pol({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::127311923021:root" },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::acme-alb-logs-1/AWSLogs/*",
      }),
    });
  }),
  one("Z-cloudtrail", (p) => {
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "trail", { bucket: "acme-trail-1" }), "trail");
    p.add("aws:s3/bucketPolicy:BucketPolicy", "tp", {
      bucket: b.id,
      policy: pol({
        Sid: "w",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::acme-trail-1/AWSLogs/*",
        Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
    });
    p.add("aws:cloudtrail/trail:Trail", "t", {
      s3BucketName: b.id,
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
      eventSelectors: [
        {
          readWriteType: "All",
          includeManagementEvents: true,
          dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3:::" + bucketName(p) + "/"] }],
        },
      ],
    });
  }),
  one("Z-flowlog", (p) => {
    const g = p.add("aws:cloudwatch/logGroup:LogGroup", "fl", { retentionInDays: 14 });
    const r = svc(
      p,
      "flr",
      "vpc-flow-logs.amazonaws.com",
      undefined,
      allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"], "*"),
    );
    p.add("aws:ec2/flowLog:FlowLog", "f", { vpcId: partsOf(p).vpc.id, trafficType: "REJECT", logDestination: g.arn, iamRoleArn: r.arn });
  }),
  one("Z-guardduty", (p) => {
    p.add("aws:guardduty/detector:Detector", "x", { enable: true });
    p.add("aws:securityhub/account:Account", "h", {});
    p.add("aws:accessanalyzer/analyzer:Analyzer", "an", { analyzerName: "a", type: "ACCOUNT" });
    p.add("aws:inspector2/enabler:Enabler", "in", { accountIds: [ACC], resourceTypes: ["EC2"] });
    p.add("aws:macie2/account:Account", "m", {});
  }),
  one("Z-config", (p) => {
    const r = svc(p, "cfg", "config.amazonaws.com", "service-role/AWS_ConfigRole");
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "cfgb", { bucket: "acme-config-1" }), "cfgb");
    p.add("aws:cfg/recorder:Recorder", "rec", { roleArn: r.arn, recordingGroup: { allSupported: true } });
    p.add("aws:cfg/deliveryChannel:DeliveryChannel", "dc", { s3BucketName: b.id });
    p.add("aws:cfg/rule:Rule", "r", { source: { owner: "AWS", sourceIdentifier: "EC2_IMDSV2_CHECK" } });
  }),
  one("Z-route53", (p) => {
    const z = p.add("aws:route53/zone:Zone", "z", { name: "example.org" });
    p.add("aws:route53/record:Record", "r", {
      zoneId: z.out("zoneId"),
      name: "api",
      type: "A",
      ttl: 60,
      records: [gateway(p).out("publicIp")],
    });
    p.add("aws:route53/healthCheck:HealthCheck", "hc", {
      fqdn: "api.example.org",
      port: 443,
      type: "HTTPS",
      resourcePath: "/health",
      requestInterval: 30,
      failureThreshold: 3,
    });
  }),
  one("Z-private-zone", (p) => {
    const z = p.add("aws:route53/zone:Zone", "z", { name: "internal", vpcs: [{ vpcId: partsOf(p).vpc.id }] });
    p.add("aws:route53/record:Record", "r", {
      zoneId: z.out("zoneId"),
      name: "backend",
      type: "A",
      ttl: 60,
      records: [backend(p).out("privateIp")],
    });
  }),
  one("Z-acm", (p) => {
    const ce = p.add("aws:acm/certificate:Certificate", "c", { domainName: "api.example.org", validationMethod: "DNS" });
    p.add("aws:acm/certificateValidation:CertificateValidation", "v", { certificateArn: ce.arn });
  }),
  one("Z-waf", (p) =>
    p.add("aws:wafv2/webAcl:WebAcl", "w", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
      rules: [],
    }),
  ),
  one("Z-sqs", (p) => {
    const d = p.add("aws:sqs/queue:Queue", "dlq", { name: "dlq", sqsManagedSseEnabled: true });
    p.add("aws:sqs/queue:Queue", "q", { name: "jobs", sqsManagedSseEnabled: true, redrivePolicy: computed(d) });
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], `arn:aws:sqs:us-east-1:${ACC}:jobs`)),
    });
  }),
  one("Z-dynamo-for-backend", (p) => {
    p.add("aws:dynamodb/table:Table", "t", {
      name: "results",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
    });
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow(["dynamodb:PutItem", "dynamodb:Query"], `arn:aws:dynamodb:us-east-1:${ACC}:table/results`)),
    });
  }),
  one("Z-secret-read", (p) => {
    const s = p.add("aws:secretsmanager/secret:Secret", "s", { name: "app/db", recoveryWindowInDays: 7 });
    p.add("aws:secretsmanager/secretVersion:SecretVersion", "sv", { secretId: s.id, secretString: secret("x9f8e7d6c5b4a3f2e1d0") });
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${ACC}:secret:app/db-AbCdEf`)),
    });
  }),
  one("Z-param", (p) => {
    p.add("aws:ssm/parameter:Parameter", "s", { name: "/app/loglevel", type: "String", value: "info" });
    p.add("aws:ssm/parameter:Parameter", "b", { name: "/app/bucket", type: "String", value: bucket(p).id });
  }),
  one("Z-cwagent", (p) => {
    p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "m", {
      role: role(p).id,
      policyArn: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
    });
    p.add("aws:ssm/parameter:Parameter", "cfg", {
      name: "AmazonCloudWatch-linux",
      type: "String",
      value: JSON.stringify({ metrics: { metrics_collected: { mem: { measurement: ["mem_used_percent"] } } } }),
    });
  }),
  one("Z-ssm-patching", (p) => {
    p.add("aws:ssm/patchBaseline:PatchBaseline", "pb", {
      name: "u",
      operatingSystem: "UBUNTU",
      approvalRules: [{ approveAfterDays: 7, patchFilters: [{ key: "PRIORITY", values: ["Required", "Important"] }] }],
    });
    const w = p.add("aws:ssm/maintenanceWindow:MaintenanceWindow", "mw", { schedule: "cron(0 4 ? * SUN *)", duration: 2, cutoff: 1 });
    const t = p.add("aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget", "mt", {
      windowId: w.id,
      resourceType: "INSTANCE",
      targets: [{ key: "tag:Role", values: ["backend"] }],
    });
    p.add("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", "task", {
      windowId: w.id,
      taskType: "RUN_COMMAND",
      taskArn: "AWS-RunPatchBaseline",
      targets: [{ key: "WindowTargetIds", values: [t.id] }],
      taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "Operation", values: ["Install"] }] } },
    });
  }),
  one("Z-other-bucket", (p) => {
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "up", { bucket: "acme-uploads-1" }), "up");
    p.add("aws:s3/bucketVersioning:BucketVersioning", "uv", { bucket: b.id, versioningConfiguration: { status: "Enabled" } });
    p.add("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "ul", {
      bucket: b.id,
      rules: [{ id: "x", status: "Enabled", expiration: { days: 30 } }],
    });
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow(["s3:PutObject", "s3:GetObject", "s3:DeleteObject"], "arn:aws:s3:::acme-uploads-1/*")),
    });
  }),
  one("Z-static-site", (p) => {
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "site", { bucket: "acme-site-1" }), "site");
    const o = p.add("aws:cloudfront/originAccessControl:OriginAccessControl", "oac", {
      name: "o",
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    p.add("aws:cloudfront/distribution:Distribution", "d", {
      enabled: true,
      origins: [{ originId: "s", domainName: b.out("bucketRegionalDomainName"), originAccessControlId: o.id }],
      defaultCacheBehavior: {
        targetOriginId: "s",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    p.add("aws:s3/bucketPolicy:BucketPolicy", "sp", {
      bucket: b.id,
      policy: pol({
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::acme-site-1/*",
        Condition: { StringEquals: { "AWS:SourceArn": `arn:aws:cloudfront::${ACC}:distribution/E123` } },
      }),
    });
  }),
  one("Z-cf-in-front-of-gateway", (p) =>
    p.add("aws:cloudfront/distribution:Distribution", "d", {
      enabled: true,
      origins: [
        {
          originId: "g",
          domainName: "api.example.org",
          customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] },
        },
      ],
      defaultCacheBehavior: { targetOriginId: "g", viewerProtocolPolicy: "redirect-to-https" },
    }),
  ),
  one("Z-s3-endpoint", (p) =>
    p.add("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
      vpcId: partsOf(p).vpc.id,
      serviceName: "com.amazonaws.us-east-1.s3",
      routeTableIds: [partsOf(p).privateTable.id],
    }),
  ),
  one("Z-ssm-endpoints", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "epsg", { vpcId: q.vpc.id, description: "ep" });
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "epin", {
      securityGroupId: g.id,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: q.backendGroup.id,
    });
    p.add("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
      vpcId: q.vpc.id,
      vpcEndpointType: "Interface",
      serviceName: "com.amazonaws.us-east-1.ssm",
      subnetIds: [q.privateSubnet.id],
      securityGroupIds: [g.id],
      privateDnsEnabled: true,
    });
  }),
  one("Z-ecs-fargate", (p) => {
    const q = partsOf(p);
    const cl = p.add("aws:ecs/cluster:Cluster", "cl", { name: "c" });
    const r = svc(p, "exec", "ecs-tasks.amazonaws.com", "service-role/AmazonECSTaskExecutionRolePolicy");
    const t = p.add("aws:ecs/taskDefinition:TaskDefinition", "td", {
      family: "w",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: r.arn,
      containerDefinitions: JSON.stringify([{ name: "w", image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/w:1", essential: true }]),
    });
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "wsg", { vpcId: q.vpc.id, description: "w" });
    p.add("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "wout", {
      securityGroupId: g.id,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
    });
    p.add("aws:ecs/service:Service", "s", {
      cluster: cl.arn,
      taskDefinition: t.arn,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: { subnets: [q.privateSubnet.id], securityGroups: [g.id], assignPublicIp: false },
    });
  }),
  one("Z-github-oidc-deployer", (p) => {
    p.add("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "gh", {
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
    const r = p.add("aws:iam/role:Role", "ci", {
      name: "ci",
      assumeRolePolicy: pol({
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${ACC}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main",
          },
        },
      }),
    });
    p.add("aws:iam/rolePolicy:RolePolicy", "cip", {
      role: r.id,
      policy: pol(allow(["s3:PutObject"], `arn:aws:s3:::${bucketName(p)}/models/*`)),
    });
  }),
  one("Z-kms-key", (p) => {
    const k = p.add("aws:kms/key:Key", "k", {
      enableKeyRotation: true,
      policy: pol({ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACC}:root` }, Action: "kms:*", Resource: "*" }),
    });
    p.add("aws:kms/alias:Alias", "ka", { name: "alias/app", targetKeyId: k.id });
  }),
  one("Z-kms-callers", (p) => {
    const everybody = { Effect: "Allow", Principal: { AWS: "*" }, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" };
    const Condition = { StringEquals: { "kms:CallerAccount": ACC, "kms:ViaService": "ec2.us-east-1.amazonaws.com" } };
    const k = p.add("aws:kms/key:Key", "k", { enableKeyRotation: true, policy: pol({ ...everybody, Condition }) });
    p.add("aws:kms/grant:Grant", "g", { keyId: k.out("keyId"), granteePrincipal: role(p).arn, operations: ["Decrypt"] });
  }),
  one("Z-people-group", (p) => {
    const g = p.add("aws:iam/group:Group", "g", { name: "readers" });
    p.add("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "ga", {
      group: g.out("name"),
      policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    });
    p.add("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "pp", { minimumPasswordLength: 16 });
  }),
  one("Z-redis", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "rsg", { vpcId: q.vpc.id, description: "r" });
    p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rin", {
      securityGroupId: g.id,
      ipProtocol: "tcp",
      fromPort: 6379,
      toPort: 6379,
      referencedSecurityGroupId: q.backendGroup.id,
    });
    const s = p.add("aws:elasticache/subnetGroup:SubnetGroup", "rs", { subnetIds: [q.privateSubnet.id] });
    p.add("aws:elasticache/replicationGroup:ReplicationGroup", "rg", {
      description: "c",
      subnetGroupName: s.out("name"),
      securityGroupIds: [g.id],
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
    });
  }),
  one("Z-efs", (p) => {
    const q = partsOf(p);
    const f = p.add("aws:efs/fileSystem:FileSystem", "f", { encrypted: true });
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "nsg", { vpcId: q.vpc.id, description: "n" });
    p.add("aws:efs/mountTarget:MountTarget", "m", { fileSystemId: f.id, subnetId: q.privateSubnet.id, securityGroups: [g.id] });
  }),
  one("Z-internal-alb", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "asg", { vpcId: q.vpc.id, description: "a" });
    p.add("aws:lb/loadBalancer:LoadBalancer", "lb", {
      internal: true,
      subnets: [q.privateSubnet.id],
      securityGroups: [g.id],
      accessLogs: { bucket: "acme-logs", enabled: true },
    });
  }),
  one("Z-xray-rum", (p) => {
    p.add("aws:xray/group:Group", "x", { groupName: "g", filterExpression: "responsetime > 5" });
    p.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "m", {
      role: role(p).id,
      policyArn: "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    });
    p.add("aws:resourcegroups/group:Group", "rg", {
      name: "all",
      resourceQuery: {
        query: JSON.stringify({ ResourceTypeFilters: ["AWS::AllSupported"], TagFilters: [{ Key: "Role", Values: ["backend"] }] }),
      },
    });
    p.add("aws:servicecatalog/appregistryApplication:AppregistryApplication", "app", { name: "a" });
  }),
  one("Z-eventrule-state", (p) => {
    const t = p.add("aws:sns/topic:Topic", "t", { name: "ev" });
    const e = p.add("aws:cloudwatch/eventRule:EventRule", "e", {
      eventPattern: JSON.stringify({
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { "instance-id": ["i-0123456789abcdef0"] },
      }),
    });
    p.add("aws:cloudwatch/eventTarget:EventTarget", "et", { rule: e.out("name"), arn: t.arn });
  }),
  one("Z-eventrule-backend", (p) => {
    const t = p.add("aws:sns/topic:Topic", "t", { name: "ev" });
    const e = p.add("aws:cloudwatch/eventRule:EventRule", "e", { eventPattern: computed(backend(p)) });
    p.add("aws:cloudwatch/eventTarget:EventTarget", "et", { rule: e.out("name"), arn: t.arn });
  }),
  one("Z-bucket-notification", (p) => {
    const t = p.add("aws:sqs/queue:Queue", "q", { name: "model-events" });
    p.add("aws:s3/bucketNotification:BucketNotification", "n", {
      bucket: bucket(p).id,
      queues: [{ queueArn: t.arn, events: ["s3:ObjectCreated:*"] }],
    });
  }),
  one("Z-bucket-metric", (p) => p.add("aws:s3/bucketMetric:BucketMetric", "n", { bucket: bucket(p).id, name: "all" })),
  one("Z-storage-lens", (p) =>
    p.add("aws:s3control/storageLensConfiguration:StorageLensConfiguration", "n", {
      configId: "x",
      storageLensConfiguration: {
        enabled: true,
        accountLevel: { bucketLevel: {} },
        include: { buckets: ["arn:aws:s3:::" + bucketName(p)] },
      },
    }),
  ),
  one("Z-synthetics", (p) => {
    const r = svc(
      p,
      "can",
      "lambda.amazonaws.com",
      undefined,
      allow(["s3:PutObject"], "arn:aws:s3:::acme-canary/*"),
      allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup"], "*"),
    );
    p.add("aws:synthetics/canary:Canary", "c", {
      name: "health",
      artifactS3Location: "s3://acme-canary/",
      executionRoleArn: r.arn,
      handler: "x.handler",
      runtimeVersion: "syn-nodejs-puppeteer-9.0",
      schedule: { expression: "rate(5 minutes)" },
      s3Bucket: "acme-canary-code",
      s3Key: "c.zip",
    });
  }),
  one("Z-cfn-alarm", (p) =>
    p.add("aws:cloudformation/stack:Stack", "x", {
      templateBody:
        "Resources:\n  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      MetricName: CPUUtilization\n  T:\n    Type: AWS::SNS::Topic\n",
    }),
  ),
  one("Z-eic-endpoint-none", (p) =>
    p.add("aws:ec2/keyPair:KeyPair", "k", {
      keyName: "ops",
      publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c ops",
    }),
  ),
  one("Z-autoscaling-other", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "wsg", { vpcId: q.vpc.id, description: "w" });
    const lt = p.add("aws:ec2/launchTemplate:LaunchTemplate", "lt", {
      imageId: "ami-1",
      instanceType: "t3.micro",
      vpcSecurityGroupIds: [g.id],
      metadataOptions: { httpTokens: "required" },
      blockDeviceMappings: [{ deviceName: "/dev/sda1", ebs: { encrypted: "true", volumeSize: 20 } }],
    });
    p.add("aws:autoscaling/group:Group", "a", {
      minSize: 1,
      maxSize: 2,
      vpcZoneIdentifiers: [q.privateSubnet.id],
      launchTemplate: { id: lt.id, version: "$Latest" },
    });
  }),
  one("Z-nat-eip", (p) => {
    const e = p.add("aws:ec2/eip:Eip", "natip", { domain: "vpc" });
    p.add("aws:ec2/natGateway:NatGateway", "nat", { subnetId: partsOf(p).publicSubnet.id, allocationId: e.id });
  }),
  one("Z-chatbot", (p) => {
    const r = svc(p, "chat", "chatbot.amazonaws.com", "CloudWatchReadOnlyAccess");
    p.add("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "x", {
      configurationName: "c",
      iamRoleArn: r.arn,
      slackChannelId: "C",
      slackTeamId: "T",
    });
  }),
  one("Z-firehose", (p) => {
    const b = closed(p, p.add("aws:s3/bucket:Bucket", "fh", { bucket: "acme-fh-1" }), "fh");
    const r = svc(
      p,
      "fhr",
      "firehose.amazonaws.com",
      undefined,
      allow(["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"], ["arn:aws:s3:::acme-fh-1", "arn:aws:s3:::acme-fh-1/*"]),
    );
    p.add("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "f", {
      destination: "extended_s3",
      extendedS3Configuration: { bucketArn: b.arn, roleArn: r.arn },
    });
  }),
  one("Z-random-tls", (p) => {
    p.add("random:index/randomId:RandomId", "r", { byteLength: 4 });
    p.add("random:index/randomPassword:RandomPassword", "rp", { length: 24 });
  }),
  one("Z-lambda-in-vpc-own-group", (p) => {
    const q = partsOf(p);
    const g = p.add("aws:ec2/securityGroup:SecurityGroup", "lsg", { vpcId: q.vpc.id, description: "l" });
    const r = svc(p, "fnv", "lambda.amazonaws.com", "service-role/AWSLambdaVPCAccessExecutionRole");
    p.add("aws:lambda/function:Function", "f", {
      role: r.arn,
      runtime: "nodejs20.x",
      handler: "i.h",
      s3Bucket: "code",
      s3Key: "k",
      vpcConfig: { subnetIds: [q.privateSubnet.id], securityGroupIds: [g.id] },
    });
  }),
  one("Z-backup-role-prefix", (p) =>
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow(["s3:PutObject"], `arn:aws:s3:::${bucketName(p)}/backups/*`)),
    }),
  ),
  one("Z-invoke-fn", (p) =>
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(allow(["lambda:InvokeFunction"], `arn:aws:lambda:us-east-1:${ACC}:function:thumbs`)),
    }),
  ),
  one("Z-events-put", (p) =>
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(
        allow(
          ["events:PutEvents", "sns:Publish", "states:StartExecution"],
          [
            `arn:aws:events:us-east-1:${ACC}:event-bus/default`,
            `arn:aws:sns:us-east-1:${ACC}:t`,
            `arn:aws:states:us-east-1:${ACC}:stateMachine:x`,
          ],
        ),
      ),
    }),
  ),
  one("Z-ec2-describe", (p) =>
    p.add("aws:iam/rolePolicy:RolePolicy", "rp", {
      role: role(p).id,
      policy: pol(
        allow(["ec2:DescribeInstances", "ec2:DescribeTags", "cloudwatch:PutMetricData", "logs:PutLogEvents", "logs:CreateLogStream"], "*"),
      ),
    }),
  ),
];
