/** Networks and hosts, read in the Terraform AWS provider (hashicorp/terraform-provider-aws). Pure. */
import { claims, interfaces, lists, makes, onKey, PASSES_ROLE, retags, uses, type Grant, type Row } from "./grants";

const NETWORK: Readonly<Record<string, Row>> = {
  "aws:ec2/vpc:Vpc": {
    source: "ec2/vpc_",
    create: [...makes("CreateVpc", "vpc"), uses("ModifyVpcAttribute", "vpc")],
    read: [lists("Vpcs", "NetworkAcls", "RouteTables", "SecurityGroups"), uses("DescribeVpcAttribute", "vpc")],
    update: [uses("ModifyVpcAttribute", "vpc"), ...retags("vpc")],
    delete: [uses("DeleteVpc", "vpc")],
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    source: "ec2/vpc_default_security_group",
    create: [
      claims("security-group"),
      // Its rules are looked for in all groups that it names.
      lists("SecurityGroupRules"),
      uses("RevokeSecurityGroupIngress", "security-group"),
      uses("RevokeSecurityGroupEgress", "security-group"),
    ],
    read: [lists("SecurityGroups")],
    update: [
      uses("RevokeSecurityGroupIngress", "security-group"),
      uses("RevokeSecurityGroupEgress", "security-group"),
      ...retags("security-group"),
    ],
    delete: [],
  },
  "aws:ec2/internetGateway:InternetGateway": {
    source: "ec2/vpc_internet_gateway",
    create: [...makes("CreateInternetGateway", "internet-gateway"), uses("AttachInternetGateway", "internet-gateway", "vpc")],
    read: [lists("InternetGateways")],
    update: [
      uses("DetachInternetGateway", "internet-gateway", "vpc"),
      uses("AttachInternetGateway", "internet-gateway", "vpc"),
      ...retags("internet-gateway"),
    ],
    delete: [uses("DetachInternetGateway", "internet-gateway", "vpc"), uses("DeleteInternetGateway", "internet-gateway")],
  },
  "aws:ec2/routeTable:RouteTable": {
    source: "ec2/vpc_route_table",
    create: [...makes("CreateRouteTable", "route-table"), uses("CreateRouteTable", "vpc")],
    read: [lists("RouteTables")],
    update: retags("route-table"),
    delete: [uses("DisassociateRouteTable", "route-table", "subnet"), uses("DeleteRouteTable", "route-table")],
  },
  "aws:ec2/route:Route": {
    source: "ec2/vpc_route",
    create: [uses("CreateRoute", "route-table")],
    read: [lists("RouteTables")],
    update: [uses("ReplaceRoute", "route-table")],
    delete: [uses("DeleteRoute", "route-table")],
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    source: "ec2/vpc_route_table_association",
    create: [uses("AssociateRouteTable", "route-table", "subnet")],
    read: [lists("RouteTables")],
    update: [uses("ReplaceRouteTableAssociation", "route-table", "subnet")],
    delete: [uses("DisassociateRouteTable", "route-table", "subnet")],
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    source: "ec2/vpc_endpoint",
    create: [...makes("CreateVpcEndpoint", "vpc-endpoint"), uses("CreateVpcEndpoint", "vpc", "route-table", "subnet", "security-group")],
    read: [lists("VpcEndpoints", "PrefixLists")],
    update: [uses("ModifyVpcEndpoint", "vpc-endpoint", "route-table", "subnet", "security-group"), ...retags("vpc-endpoint")],
    delete: [uses("DeleteVpcEndpoints", "vpc-endpoint")],
  },
  "aws:ec2/subnet:Subnet": {
    source: "ec2/vpc_subnet",
    create: [...makes("CreateSubnet", "subnet"), uses("CreateSubnet", "vpc"), uses("ModifySubnetAttribute", "subnet")],
    read: [lists("Subnets")],
    update: [uses("ModifySubnetAttribute", "subnet"), ...retags("subnet")],
    delete: [uses("DeleteSubnet", "subnet"), lists("NetworkInterfaces")],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    source: "ec2/vpc_security_group",
    create: [
      ...makes("CreateSecurityGroup", "security-group"),
      uses("CreateSecurityGroup", "vpc"),
      uses("RevokeSecurityGroupEgress", "security-group"),
    ],
    read: [lists("SecurityGroups")],
    update: retags("security-group"),
    delete: [uses("DeleteSecurityGroup", "security-group"), lists("NetworkInterfaces")],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule("Ingress"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule("Egress"),
};

function rule(direction: "Ingress" | "Egress"): Row {
  return {
    source: `ec2/vpc_security_group_${direction.toLowerCase()}_rule`,
    create: [
      ...makes(`AuthorizeSecurityGroup${direction}`, "security-group-rule"),
      uses(`AuthorizeSecurityGroup${direction}`, "security-group"),
    ],
    read: [lists("SecurityGroupRules")],
    update: [uses("ModifySecurityGroupRules", "security-group", "security-group-rule"), ...retags("security-group-rule")],
    delete: [uses(`RevokeSecurityGroup${direction}`, "security-group")],
  };
}

const HOSTS: Readonly<Record<string, Row>> = {
  "aws:ec2/keyPair:KeyPair": {
    source: "ec2/ec2_key_pair",
    create: makes("ImportKeyPair", "key-pair"),
    read: [lists("KeyPairs")],
    update: retags("key-pair"),
    delete: [uses("DeleteKeyPair", "key-pair")],
  },
  "aws:ec2/instance:Instance": {
    source: "ec2/ec2_instance",
    create: [
      ...makes("RunInstances", "instance", "volume"),
      uses("RunInstances", "subnet", "security-group", "key-pair"),
      interfaces("RunInstances"),
      {
        actions: ["ec2:RunInstances"],
        on: ["ec2:{region}::image/{image}"],
        equal: { "ec2:Owner": ["{imageOwner}"] },
        why: "the newest image of an owner is looked for, so its id is not fixed; the owner is (its account, or `amazon`, by which EC2 calls publishers that AWS has verified)",
      },
      uses("ModifyInstanceAttribute", "instance"),
      // EBS gives the host's volume the use of the key by a grant of who launches it.
      onKey("ec2", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"),
      PASSES_ROLE,
    ],
    read: [
      // Whether it came from a launch template stands in its tags, and whether its groups have names in its VPC.
      lists("Instances", "InstanceTypes", "InstanceCreditSpecifications", "Images", "Tags", "Volumes", "Vpcs"),
      uses("DescribeInstanceAttribute", "instance"),
    ],
    update: [
      uses("ModifyInstanceAttribute", "instance"),
      uses("ModifyInstanceMetadataOptions", "instance"),
      uses("StopInstances", "instance"),
      uses("StartInstances", "instance"),
      uses("AssociateIamInstanceProfile", "instance"),
      uses("ReplaceIamInstanceProfileAssociation", "instance"),
      uses("DisassociateIamInstanceProfile", "instance"),
      lists("IamInstanceProfileAssociations"),
      interfaces("ModifyNetworkInterfaceAttribute"),
      uses("ModifyNetworkInterfaceAttribute", "security-group"),
      uses("ModifyVolume", "volume"),
      lists("VolumesModifications"),
      ...retags("instance", "volume"),
      PASSES_ROLE,
    ],
    delete: [uses("ModifyInstanceAttribute", "instance"), uses("TerminateInstances", "instance")],
  },
  "aws:ec2/eip:Eip": {
    source: "ec2/ec2_eip",
    create: makes("AllocateAddress", "elastic-ip"),
    read: [lists("Addresses", "AddressesAttribute")],
    update: retags("elastic-ip"),
    delete: [uses("DisassociateAddress", "elastic-ip"), interfaces("DisassociateAddress"), uses("ReleaseAddress", "elastic-ip")],
  },
  "aws:ec2/eipAssociation:EipAssociation": {
    source: "ec2/ec2_eip_association",
    create: [uses("AssociateAddress", "elastic-ip", "instance"), interfaces("AssociateAddress")],
    read: [lists("Addresses")],
    update: [],
    delete: [uses("DisassociateAddress", "elastic-ip"), interfaces("DisassociateAddress")],
  },
  "aws:ec2/natGateway:NatGateway": {
    source: "ec2/vpc_nat_gateway",
    create: [...makes("CreateNatGateway", "natgateway"), uses("CreateNatGateway", "subnet", "elastic-ip")],
    read: [lists("NatGateways")],
    update: retags("natgateway"),
    delete: [uses("DeleteNatGateway", "natgateway")],
  },
};

/**
 * About networks and groups that are there already. Sources: internal/service/ec2/vpc_data_source.go, vpc_subnet_data_source.go, vpc_route_table_data_source.go
 * (which looks at the network interface that a route names), vpc_nat_gateway_data_source.go, vpc_endpoint_data_source.go, vpc_prefix_list_data_source.go,
 * vpc_security_group_data_source.go.
 */
export const NETWORK_QUESTIONS: Readonly<Record<string, readonly Grant[]>> = {
  "aws:ec2/getVpc:getVpc": [lists("Vpcs", "RouteTables"), { actions: ["ec2:DescribeVpcAttribute"], on: ["ec2:{region}:*:vpc/{vpcId}"] }],
  // What is found decides what is asked next: the routes that apply, and what they lead to.
  "aws:ec2/getSubnet:getSubnet": [lists("Subnets", "RouteTables", "NetworkInterfaces", "NatGateways")],
  "aws:ec2/getRouteTable:getRouteTable": [lists("RouteTables", "NetworkInterfaces")],
  "aws:ec2/getNatGateway:getNatGateway": [lists("NatGateways")],
  "aws:ec2/getVpcEndpoint:getVpcEndpoint": [lists("VpcEndpoints", "PrefixLists")],
  "aws:ec2/getPrefixList:getPrefixList": [lists("PrefixLists")],
  "aws:ec2/getSecurityGroup:getSecurityGroup": [lists("SecurityGroups")],
};

export const EC2_ROWS: Readonly<Record<string, Row>> = { ...NETWORK, ...HOSTS };
