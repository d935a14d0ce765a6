/** The region of the environment, where nothing nearer names one. Pure. */

/** As the AWS provider reads it: AWS_REGION, then AWS_DEFAULT_REGION, which the AWS CLI writes; an empty one says nothing. */
export function environmentRegion(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  return [env["AWS_REGION"], env["AWS_DEFAULT_REGION"]].find((region) => region !== undefined && region !== "");
}
