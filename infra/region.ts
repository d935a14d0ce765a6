/** The region of the environment, where nothing nearer names one. Pure. */

type Environment = Readonly<Record<string, string | undefined>>;

/** As the AWS provider reads them, the first one first; the AWS CLI writes the second. An empty one says nothing. */
const VARIABLES = ["AWS_REGION", "AWS_DEFAULT_REGION"] as const;

/** The name of the variable that says it. */
export const regionVariable = (env: Environment = process.env): (typeof VARIABLES)[number] | undefined =>
  VARIABLES.find((name) => env[name] !== undefined && env[name] !== "");

export function environmentRegion(env: Environment = process.env): string | undefined {
  const name = regionVariable(env);
  return name === undefined ? undefined : env[name];
}
