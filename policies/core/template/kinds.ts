/**
 * CloudFormation types that are read as resources of the aws provider, with the names that their properties have there. A type or a property that is
 * not listed is not read: what its template makes is then "cannot tell". Names: CloudFormation template reference, and the schema of @pulumi/aws.
 */

/** How one property is read: under another name; as the first of a list; as an object, or a list of objects, with fields of its own; as tags. */
export type Field =
  | string
  | { readonly to: string; readonly as: "tags" | "first" }
  | { readonly to: string; readonly fields: Readonly<Record<string, Field>> };

export interface KindOfTemplate {
  readonly type: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Properties without which the resource is made by something that is not read (a group's name, a list of users). */
  readonly needs?: readonly string[];
  /** Properties whose elements are resources of their own, which name this one by `owner`. */
  readonly parts?: Readonly<Record<string, { readonly kind: KindOfTemplate; readonly owner: string; readonly always?: readonly object[] }>>;
  /** A property with a list, of which each element is one such resource. */
  readonly each?: string;
}

const TAGS: Field = { to: "tags", as: "tags" };

/** The same names in both, but for the first letter. */
const same = (names: string): Record<string, Field> =>
  Object.fromEntries(names.split(" ").map((name) => [name, name.charAt(0).toLowerCase() + name.slice(1)]));

const RULE = { ...same("IpProtocol FromPort ToPort Description"), CidrIp: "cidrIpv4", CidrIpv6: "cidrIpv6" };
const INGRESS: KindOfTemplate = {
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  needs: ["IpProtocol"],
  fields: {
    ...RULE,
    GroupId: "securityGroupId",
    SourceSecurityGroupId: "referencedSecurityGroupId",
    SourcePrefixListId: "prefixListId",
  },
};
const EGRESS: KindOfTemplate = {
  type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  needs: ["IpProtocol"],
  fields: {
    ...RULE,
    GroupId: "securityGroupId",
    DestinationSecurityGroupId: "referencedSecurityGroupId",
    DestinationPrefixListId: "prefixListId",
  },
};
/** What a group has that names no rule for what goes out. */
const OUT = [{ IpProtocol: "-1", CidrIp: "0.0.0.0/0" }];

export const KINDS: Readonly<Record<string, KindOfTemplate>> = {
  "AWS::EC2::VPC": {
    type: "aws:ec2/vpc:Vpc",
    fields: { ...same("CidrBlock EnableDnsSupport EnableDnsHostnames InstanceTenancy"), Tags: TAGS },
  },
  "AWS::EC2::Subnet": {
    type: "aws:ec2/subnet:Subnet",
    needs: ["VpcId"],
    fields: {
      ...same(
        "VpcId CidrBlock Ipv6CidrBlock AvailabilityZone AvailabilityZoneId MapPublicIpOnLaunch AssignIpv6AddressOnCreation Ipv6Native",
      ),
      Tags: TAGS,
    },
  },
  "AWS::EC2::InternetGateway": { type: "aws:ec2/internetGateway:InternetGateway", fields: { Tags: TAGS } },
  "AWS::EC2::VPCGatewayAttachment": {
    type: "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
    needs: ["VpcId", "InternetGatewayId"],
    fields: same("VpcId InternetGatewayId"),
  },
  "AWS::EC2::NatGateway": {
    type: "aws:ec2/natGateway:NatGateway",
    fields: { ...same("SubnetId AllocationId ConnectivityType"), Tags: TAGS },
  },
  "AWS::EC2::EIP": { type: "aws:ec2/eip:Eip", fields: { Domain: "domain", InstanceId: "instance", Tags: TAGS } },
  "AWS::EC2::EIPAssociation": {
    type: "aws:ec2/eipAssociation:EipAssociation",
    fields: same("AllocationId InstanceId NetworkInterfaceId PrivateIpAddress"),
  },
  "AWS::EC2::RouteTable": { type: "aws:ec2/routeTable:RouteTable", needs: ["VpcId"], fields: { VpcId: "vpcId", Tags: TAGS } },
  "AWS::EC2::SubnetRouteTableAssociation": {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    needs: ["SubnetId", "RouteTableId"],
    fields: same("SubnetId RouteTableId"),
  },
  "AWS::EC2::Route": {
    type: "aws:ec2/route:Route",
    needs: ["RouteTableId"],
    fields: {
      ...same(
        "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId GatewayId NatGatewayId NetworkInterfaceId TransitGatewayId VpcPeeringConnectionId VpcEndpointId LocalGatewayId CarrierGatewayId CoreNetworkArn InstanceId",
      ),
      EgressOnlyInternetGatewayId: "egressOnlyGatewayId",
    },
  },
  "AWS::EC2::SecurityGroup": {
    type: "aws:ec2/securityGroup:SecurityGroup",
    fields: { GroupDescription: "description", GroupName: "name", VpcId: "vpcId", Tags: TAGS },
    parts: {
      SecurityGroupIngress: { kind: INGRESS, owner: "securityGroupId" },
      SecurityGroupEgress: { kind: EGRESS, owner: "securityGroupId", always: OUT },
    },
  },
  "AWS::EC2::SecurityGroupIngress": { ...INGRESS, needs: ["IpProtocol", "GroupId"] },
  "AWS::EC2::SecurityGroupEgress": { ...EGRESS, needs: ["IpProtocol", "GroupId"] },
  "AWS::IAM::Role": {
    type: "aws:iam/role:Role",
    needs: ["AssumeRolePolicyDocument"],
    fields: {
      ...same("Path Description MaxSessionDuration ManagedPolicyArns PermissionsBoundary"),
      RoleName: "name",
      AssumeRolePolicyDocument: "assumeRolePolicy",
      Policies: { to: "inlinePolicies", fields: { PolicyName: "name", PolicyDocument: "policy" } },
      Tags: TAGS,
    },
  },
  "AWS::IAM::Policy": {
    type: "aws:iam/rolePolicy:RolePolicy",
    needs: ["Roles", "PolicyDocument"],
    each: "Roles",
    fields: { PolicyName: "name", PolicyDocument: "policy", Roles: "role" },
  },
  "AWS::IAM::InstanceProfile": {
    type: "aws:iam/instanceProfile:InstanceProfile",
    fields: { InstanceProfileName: "name", Path: "path", Roles: { to: "role", as: "first" } },
  },
  "AWS::S3::BucketPolicy": {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    needs: ["Bucket", "PolicyDocument"],
    fields: { Bucket: "bucket", PolicyDocument: "policy" },
  },
  "AWS::Lambda::Function": {
    type: "aws:lambda/function:Function",
    needs: ["Role"],
    fields: {
      ...same("Role Runtime Handler Timeout MemorySize Description Architectures"),
      FunctionName: "name",
      Environment: { to: "environment", fields: { Variables: "variables" } },
      VpcConfig: { to: "vpcConfig", fields: same("SubnetIds SecurityGroupIds") },
      Code: { to: "code", fields: { ZipFile: "zipFile", S3Bucket: "s3Bucket", S3Key: "s3Key", S3ObjectVersion: "s3ObjectVersion" } },
      Tags: TAGS,
    },
  },
  "AWS::SSM::Document": {
    type: "aws:ssm/document:Document",
    needs: ["Content"],
    fields: { ...same("Content DocumentFormat DocumentType Name TargetType VersionName"), Tags: TAGS },
  },
  "AWS::SSM::Association": {
    type: "aws:ssm/association:Association",
    needs: ["Name"],
    fields: {
      ...same(
        "Name AssociationName DocumentVersion InstanceId Parameters ScheduleExpression MaxConcurrency MaxErrors ComplianceSeverity SyncCompliance ApplyOnlyAtCronInterval WaitForSuccessTimeoutSeconds",
      ),
      Targets: { to: "targets", fields: same("Key Values") },
    },
  },
  "AWS::Lambda::Permission": {
    type: "aws:lambda/permission:Permission",
    needs: ["FunctionName", "Principal"],
    fields: { ...same("Action Principal SourceArn SourceAccount"), FunctionName: "function", PrincipalOrgID: "principalOrgId" },
  },
};
