/** Sites, web servers, load balancers and functions. */
import { ANYWHERE, attach, group, instance, OUT, role, SAFE_HOST, tcp, vpcWithNat } from "./kit";
import type { Stranger } from "./kit";

const FUNCTION_ROLE = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

export const WEB: readonly Stranger[] = [
  {
    title: "static website, public bucket policy",
    expect: ["buckets-not-public violation open-policy"],
    build(p) {
      const site = p.add("aws:s3/bucket:Bucket", "site", { bucket: "example-site" });
      p.add("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "site", {
        bucket: site.id,
        indexDocument: { suffix: "index.html" },
      });
      p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "open", {
        bucket: site.id,
        blockPublicAcls: false,
        blockPublicPolicy: false,
      });
      p.add("aws:s3/bucketPolicy:BucketPolicy", "open-policy", {
        bucket: site.id,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::example-site/*"] }],
        }),
      });
    },
  },
  {
    title: "static website, public-read ACL on its objects",
    expect: ["buckets-not-public violation index"],
    build(p) {
      const site = p.add("aws:s3/bucket:Bucket", "site", { bucket: "example-site", website: { indexDocument: "index.html" } });
      p.add("aws:s3/bucketObject:BucketObject", "index", {
        bucket: site.id,
        key: "index.html",
        content: "<p>hello</p>",
        acl: "public-read",
      });
    },
  },
  {
    title: "static website behind CloudFront, private bucket",
    expect: [],
    build(p) {
      const site = p.add("aws:s3/bucket:Bucket", "site", { bucket: "example-site" });
      p.add("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "closed", {
        bucket: site.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      const access = p.add("aws:cloudfront/originAccessControl:OriginAccessControl", "site", {
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      });
      const cdn = p.add("aws:cloudfront/distribution:Distribution", "cdn", {
        enabled: true,
        origins: [{ originId: "s3", domainName: site.out("bucketRegionalDomainName"), originAccessControlId: access.id }],
      });
      p.add("aws:s3/bucketPolicy:BucketPolicy", "cdn-only", {
        bucket: site.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "s3:GetObject",
              Resource: "arn:aws:s3:::example-site/*",
              Condition: { StringEquals: { "AWS:SourceArn": cdn.arn } },
            },
          ],
        },
      });
    },
  },
  {
    title: "EC2 web server of a tutorial: SSH from everywhere, nothing said of metadata and disk",
    expect: ["admin-ports-not-open violation web-secgrp", "imds-v2-required violation web", "volumes-encrypted violation web"],
    build(p) {
      const web = group(p, "web-secgrp", [tcp(22), tcp(80)]);
      instance(p, "web", {
        vpcSecurityGroupIds: [web.id],
        userData: "#!/bin/bash\nset -eu\necho hello > index.html\nnohup python3 -m http.server 80 &\n",
      });
    },
  },
  {
    title: "EC2 web server with IMDSv2, an encrypted disk and SSH from one address",
    expect: [],
    build(p) {
      const web = group(p, "web-secgrp", [tcp(22, ["198.51.100.7/32"]), tcp(80), tcp(443)]);
      instance(p, "web", { ...SAFE_HOST, vpcSecurityGroupIds: [web.id] });
    },
  },
  {
    title: "EC2 web server that is set up by a script from the internet, with an administrator's role",
    expect: ["least-privilege-role violation admin-all", "no-remote-code violation web"],
    build(p) {
      const admin = role(p, "admin", "ec2.amazonaws.com");
      attach(p, "admin-all", admin, "arn:aws:iam::aws:policy/AdministratorAccess");
      const profile = p.add("aws:iam/instanceProfile:InstanceProfile", "admin", { role: admin.out("name") });
      const web = group(p, "web-secgrp", [tcp(443)]);
      instance(p, "web", {
        ...SAFE_HOST,
        iamInstanceProfile: profile.id,
        vpcSecurityGroupIds: [web.id],
        userData: "#!/bin/bash\nset -eu\ncurl -fsSL https://get.example.com/install.sh | bash\n",
      });
    },
  },
  {
    title: "load balancer before two web servers in private subnets",
    expect: [],
    build(p) {
      const { vpc, open, inner } = vpcWithNat(p);
      const front = group(p, "alb", [tcp(80), tcp(443)], { vpcId: vpc.id });
      const back = group(p, "web", [{ protocol: "tcp", fromPort: 80, toPort: 80, securityGroups: [front.id] }], { vpcId: vpc.id });
      const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "alb", { securityGroups: [front.id], subnets: [open.id] });
      const pool = p.add("aws:lb/targetGroup:TargetGroup", "web", { port: 80, protocol: "HTTP", vpcId: vpc.id });
      p.add("aws:lb/listener:Listener", "web", {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: "HTTPS",
        defaultActions: [{ type: "forward", targetGroupArn: pool.arn }],
      });
      for (const name of ["web-0", "web-1"]) {
        const host = instance(p, name, { ...SAFE_HOST, subnetId: inner.id, vpcSecurityGroupIds: [back.id] });
        p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", name, { targetGroupArn: pool.arn, targetId: host.id, port: 80 });
      }
    },
  },
  {
    title: "Lambda function behind an HTTP API",
    expect: [],
    build(p) {
      const own = role(p, "fn", "lambda.amazonaws.com");
      attach(p, "fn", own, FUNCTION_ROLE);
      const fn = p.add("aws:lambda/function:Function", "fn", {
        runtime: "nodejs20.x",
        handler: "index.handler",
        role: own.arn,
        timeout: 10,
      });
      const api = p.add("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP" });
      p.add("aws:apigatewayv2/integration:Integration", "api", { apiId: api.id, integrationType: "AWS_PROXY", integrationUri: fn.arn });
      p.add("aws:lambda/permission:Permission", "api", {
        action: "lambda:InvokeFunction",
        function: fn.out("name"),
        principal: "apigateway.amazonaws.com",
      });
    },
  },
  {
    title: "Lambda function with an open URL, a key in its environment and every right",
    expect: ["endpoints-restricted violation open", "least-privilege-role violation fn", "secret-in-environment violation fn"],
    build(p) {
      const own = role(p, "fn", "lambda.amazonaws.com");
      attach(p, "fn", own, "arn:aws:iam::aws:policy/AdministratorAccess");
      const fn = p.add("aws:lambda/function:Function", "fn", {
        runtime: "python3.12",
        handler: "app.handler",
        role: own.arn,
        environment: { variables: { STRIPE_SECRET_KEY: ["sk", "live", "9fQ2mZ7xK4vT1bW8cR5n"].join("_") } },
      });
      p.add("aws:lambda/functionUrl:FunctionUrl", "open", { functionName: fn.out("name"), authorizationType: "NONE" });
    },
  },
  {
    title: "everything open: one rule for all traffic",
    expect: ["admin-ports-not-open violation all"],
    build(p) {
      group(p, "all", OUT);
      p.add("aws:ec2/keyPair:KeyPair", "me", { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJustAnExampleOfAKeyNobodyHasAtAll00 me" });
    },
  },
  {
    title: "two halves of the internet in two rules",
    expect: ["admin-ports-not-open violation high", "admin-ports-not-open violation low"],
    build(p) {
      const web = p.add("aws:ec2/securityGroup:SecurityGroup", "web", {});
      const half = (name: string, cidrIpv4: string): void => {
        p.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, {
          securityGroupId: web.id,
          ipProtocol: "tcp",
          fromPort: 22,
          toPort: 22,
          cidrIpv4,
        });
      };
      half("low", "0.0.0.0/1");
      half("high", "128.0.0.0/1");
    },
  },
  {
    title: "IPv6 alone: RDP from ::/0",
    expect: ["admin-ports-not-open violation windows"],
    build: (p) =>
      void group(p, "windows", [{ protocol: "tcp", fromPort: 3389, toPort: 3389, ipv6CidrBlocks: ["::/0"] }, tcp(443, ANYWHERE)]),
  },
];
