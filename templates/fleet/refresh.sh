#!/bin/sh
# Brings a new version of the launch template to the hosts of a fleet, and waits until all of them have it or none. Run by the machine that deploys,
# with the credentials of the deployment. AWS does the rest: each new host has to serve before an old one leaves, and what fails goes back.
# The group's own template stays as it is until the refresh has succeeded, because that is what a rollback goes back to. The provider sets it before it
# starts a refresh (github.com/hashicorp/terraform-provider-aws, issue 34189), so that a rollback would bring the same version again.
# Environment: FLEET_REGION, FLEET_GROUP, FLEET_TEMPLATE (id), FLEET_VERSION (number), FLEET_PREFERENCES (JSON).
set -eu
export AWS_PAGER=""

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

command -v aws >/dev/null || fail "aws (the AWS CLI) is not installed on this machine, and a release of a fleet is started with it: install it, and deploy again"

# shellcheck disable=SC2016 # backticks of JMESPath, not of the shell
active() {
  aws autoscaling describe-instance-refreshes --region "$FLEET_REGION" --auto-scaling-group-name "$FLEET_GROUP" --output text \
    --query 'InstanceRefreshes[?contains(`["Pending","InProgress","Baking","Cancelling","RollbackInProgress"]`, Status)] | [0].[InstanceRefreshId, DesiredConfiguration.LaunchTemplate.Version]'
}

found=$(active)
id=$(printf '%s' "$found" | cut -f 1)
version=$(printf '%s' "$found" | cut -s -f 2)
if [ -n "$version" ] && [ "$version" != "$FLEET_VERSION" ]; then
  fail "an instance refresh of $FLEET_GROUP to version $version is under way ($id): deploy again when it is over, or end it (aws autoscaling rollback-instance-refresh --auto-scaling-group-name $FLEET_GROUP)"
fi
if [ -z "$version" ]; then
  current=$(aws autoscaling describe-auto-scaling-groups --region "$FLEET_REGION" --auto-scaling-group-names "$FLEET_GROUP" --output text \
    --query 'AutoScalingGroups[0].LaunchTemplate.Version')
  if [ "$current" = "$FLEET_VERSION" ]; then
    printf 'the hosts of %s start from version %s\n' "$FLEET_GROUP" "$FLEET_VERSION"
    exit 0
  fi
  id=$(aws autoscaling start-instance-refresh --region "$FLEET_REGION" --auto-scaling-group-name "$FLEET_GROUP" --output text --query InstanceRefreshId \
    --desired-configuration "{\"LaunchTemplate\":{\"LaunchTemplateId\":\"$FLEET_TEMPLATE\",\"Version\":\"$FLEET_VERSION\"}}" --preferences "$FLEET_PREFERENCES")
fi
printf 'instance refresh %s of %s to version %s\n' "$id" "$FLEET_GROUP" "$FLEET_VERSION" >&2

last=""
while :; do
  said=$(aws autoscaling describe-instance-refreshes --region "$FLEET_REGION" --auto-scaling-group-name "$FLEET_GROUP" --instance-refresh-ids "$id" --output text \
    --query 'InstanceRefreshes[0].[Status, PercentageComplete, StatusReason]')
  if [ "$said" != "$last" ]; then
    printf '%s\n' "$said" >&2
    last=$said
  fi
  case $said in
    Successful*)
      printf 'all hosts of %s have version %s\n' "$FLEET_GROUP" "$FLEET_VERSION"
      exit 0
      ;;
    Failed* | Cancelled* | RollbackSuccessful* | RollbackFailed*)
      fail "version $FLEET_VERSION of $FLEET_GROUP does not serve: $said. Why a host gave up stands in its console (aws ec2 get-console-output) and in the group's activities (aws autoscaling describe-scaling-activities --auto-scaling-group-name $FLEET_GROUP)"
      ;;
  esac
  sleep "${FLEET_PAUSE:-15}"
done
