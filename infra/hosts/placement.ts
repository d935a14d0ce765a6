import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Whether this account has the zones. Letters differ between accounts, and AWS says so only when it is asked to make a subnet. Nothing else
 * depends on the answer: without permission to ask, a warning says that nobody has looked.
 *
 * @throws RunError naming the zones that there are.
 */
export async function checkZones(project: string, region: string, zones: readonly string[]): Promise<void> {
  const names = await zonesOfAccount();
  if (names === undefined) {
    return;
  }
  const missing = zones.filter((zone) => !names.includes(zone));
  if (missing.length > 0) {
    throw new pulumi.RunError(
      `${project}:network.availabilityZones: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not among the zones of this account in ${region} (${names.join(", ")}); name ${zones.length} of these`,
    );
  }
}

async function zonesOfAccount(): Promise<readonly string[] | undefined> {
  try {
    return (await aws.getAvailabilityZones({ filters: [{ name: "zone-type", values: ["availability-zone"] }] })).names;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    await pulumi.log.warn(`network.availabilityZones was not compared with the zones of this account: ${said.split("\n", 1)[0] ?? ""}`);
    return undefined;
  }
}
