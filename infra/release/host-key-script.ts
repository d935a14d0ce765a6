import { readTemplate } from "./templates";

/** Shell text for {@link bastionHostKey}: waits for a host, and prints its key. */
export function hostKeyScript(): string {
  return readTemplate("steps/host-key.sh");
}
