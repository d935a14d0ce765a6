/**
 * Instance Connect Endpoints, read in the Terraform AWS provider (hashicorp/terraform-provider-aws), and the sessions that the steps come through. What
 * AWS asks for: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html and
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 * Pure.
 */
import { PORT_DOCUMENT } from "../remote/session";
import { interfaces, lists, makes, retags, uses, type Grant, type Row } from "./grants";

const ENDPOINT = "instance-connect-endpoint";

/** The Describe calls of the AWS CLI are among those of the provider. */
const OPENS_TUNNEL: Grant = {
  actions: ["ec2-instance-connect:OpenTunnel"],
  on: [`ec2:{region}:{account}:${ENDPOINT}/*`],
  limits: ["own"],
  more: { NumericEquals: { "ec2-instance-connect:remotePort": ["22"] } },
};

/** The first endpoint of an account needs iam:CreateServiceLinkedRole as well, once: docs/how-to/close-port-22.md has a command for whoever may. */
export const ACCESS_ROWS: Readonly<Record<string, Row>> = {
  "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": {
    source: "ec2/ec2_instance_connect_endpoint",
    create: [
      ...makes("CreateInstanceConnectEndpoint", ENDPOINT),
      uses("CreateInstanceConnectEndpoint", "subnet", "security-group"),
      uses("CreateNetworkInterface", "subnet", "security-group"),
      { ...interfaces("CreateNetworkInterface"), limits: ["region"], why: "the endpoint's interface is new, and AWS tags it by itself" },
      OPENS_TUNNEL,
    ],
    read: [lists("InstanceConnectEndpoints")],
    update: [...retags(ENDPOINT), OPENS_TUNNEL],
    delete: [uses("DeleteInstanceConnectEndpoint", ENDPOINT)],
  },
};

/** Sessions that forward a port, and none with a shell: a request without a document would start one, unless it is checked as well. */
export const SSM_SESSIONS: readonly Grant[] = [
  {
    actions: ["ssm:StartSession"],
    on: ["ec2:{region}:{account}:instance/*"],
    limits: ["own"],
    more: { BoolIfExists: { "ssm:SessionDocumentAccessCheck": ["true"] } },
  },
  { actions: ["ssm:StartSession"], on: [`ssm:{region}::document/${PORT_DOCUMENT}`] },
];
