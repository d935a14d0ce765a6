import { readTemplate, renderTemplate } from "../release/templates";
import type { HostRole } from "../release/types";

/** The first-boot script of an instance; it holds no secret, waits for nothing and installs nothing that a set-up step would not. */
export function userData(role: HostRole): string {
  return renderTemplate("user-data.mustache", readTemplate("user-data.mustache"), { role });
}
