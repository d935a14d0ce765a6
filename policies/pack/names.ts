/** First policy of the pack as the engine sees it: holds the configuration and records inputs. */
export const SETTINGS_POLICY = "settings";
/** Last one: says what ran. */
export const SUMMARY_POLICY = "pack-summary";

const ACRONYMS: Readonly<Record<string, string>> = {
  acl: "ACL",
  aws: "AWS",
  cors: "CORS",
  env: ".env",
  imds: "IMDS",
  ssh: "SSH",
  ssm: "SSM",
  tls: "TLS",
  vpc: "VPC",
};

/** "no-remote-code" as a person reads it: "No remote code". */
export function displayName(id: string): string {
  const text = id
    .split("-")
    .map((word) => ACRONYMS[word] ?? word)
    .join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
