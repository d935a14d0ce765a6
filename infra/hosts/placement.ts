import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Whether this account has the zones. Letters differ between accounts, and AWS says so only when it is asked to make a subnet.
 *
 * @throws RunError naming the zones that there are.
 */
export async function checkZones(project: string, region: string, zones: readonly string[]): Promise<void> {
  const { names } = await aws.getAvailabilityZones({ filters: [{ name: "zone-type", values: ["availability-zone"] }] });
  const missing = zones.filter((zone) => !names.includes(zone));
  if (missing.length > 0) {
    throw new pulumi.RunError(
      `${project}:network.availabilityZones: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not among the zones of this account in ${region} (${names.join(", ")}); name ${zones.length} of these`,
    );
  }
}
