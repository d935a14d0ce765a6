/** What an application fetches whenever it starts, and what the hosts let it reach and keep. Notices alone: whoever answers is not known here. Pure. */
import type { Fetched } from "./syntax";

/** @param egress `network.egress` @param names settings that the configuration gives */
export function fetchNotices(project: string, fetches: readonly Fetched[], egress: unknown, names: readonly string[]): string[] {
  return fetches.map(({ path, line, call, what, cache, at }) => {
    const found = `${path}, line ${line}: ${call} fetches ${what ?? "something"} from the network ${at === "import" ? "when it is imported" : "whenever the service starts"}`;
    if (egress === "none")
      return `${found}, and with ${project}:network.egress none the backend reaches nothing outside; pack the file or list it in the models' manifest, or set network.egress to gateway or managed`;
    const kept =
      cache === null || names.includes(cache)
        ? ""
        : ` and is kept in the home folder, where the service may not write: set ${project}:env.${cache} to a folder below /home/ddos/data;`;
    return `${found};${kept} from the backend only 80 and 443 are open (others: backend.egress), it counts towards health.startSeconds, and nothing checks what comes. Better list the file in the models' manifest`;
  });
}
