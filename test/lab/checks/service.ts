/** What the system is for: a prediction, asked from outside, and what the hosts have of it. */
import { basename } from "node:path";
import type { Lab } from "../lab";
import { secretsOf } from "../secrets";
import { expect } from "./harness";

/** A client that asks slowly and without errors. */
export const FEATURES = {
  ...{
    requests_per_second: 0.5,
    unique_path_ratio: 0.6,
    error_ratio: 0,
    mean_body_bytes: 120,
    mean_path_length: 14,
    mean_query_parameters: 1,
  },
  ...{
    special_character_ratio: 0.05,
    path_entropy_bits: 3.1,
    post_ratio: 0.1,
    user_agent_length: 90,
    header_count: 12,
    interarrival_variation: 0.8,
  },
};

/** The release that serves on a host. */
export const servedRelease = async (lab: Lab, host: string): Promise<string> =>
  basename((await lab.must(host, "readlink /home/ddos/current")).trim());

/** nginx and uvicorn of both hosts have seen the request when each has a line of it. */
async function seenBy(lab: Lab, host: string, path: string): Promise<void> {
  const access = await lab.must(host, `grep -c 'POST ${path} ' /home/ddos/logs/access.log || :`);
  expect(Number(access) > 0, `${host}: nginx's access.log has no POST ${path}`);
}

/** @returns the label that the model gave */
export async function checkPrediction(lab: Lab, gateway: string): Promise<string> {
  const body = JSON.stringify({ features: FEATURES });
  const reply = await lab.fetchFromOutside(`http://${gateway}/predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(reply.status === 200, `POST /predict answered ${reply.status}: ${reply.body.slice(0, 300)}`);
  const answer = JSON.parse(reply.body) as { label?: string; probabilities?: Record<string, number> };
  const sum = Object.values(answer.probabilities ?? {}).reduce((total, one) => total + one, 0);
  expect(answer.label !== undefined && Math.abs(sum - 1) < 1e-4, `no prediction: ${reply.body.slice(0, 300)}`);
  for (const host of ["gateway", "backend"]) await seenBy(lab, host, "/predict");
  return `${answer.label} (${answer.probabilities?.[answer.label] ?? "?"})`;
}

export async function checkHealth(lab: Lab, url: string): Promise<void> {
  const reply = await lab.fetchFromOutside(url);
  expect(reply.status === 200 && reply.body === '{"status":"ok"}', `${url} answered ${reply.status}: ${reply.body}`);
}

/** The gateway refuses what its detectors know, and the backend never sees it. */
export async function checkDetection(lab: Lab, gateway: string): Promise<string> {
  const reply = await lab.fetchFromOutside(`http://${gateway}/predict?file=${encodeURIComponent("../../etc/passwd")}`);
  expect([400, 403].includes(reply.status), `a path traversal was answered with ${reply.status}: ${reply.body.slice(0, 200)}`);
  const passed = await lab.must("backend", "grep -c 'etc.*passwd' /home/ddos/logs/access.log || :");
  expect(passed.trim() === "0", "the backend's nginx has seen it");
  return `status ${reply.status}`;
}

/** Values of secrets stand in .env and in the root-only store, and nowhere else a process or a person would look. */
export async function checkSecrets(lab: Lab): Promise<string> {
  const secrets = Object.entries(secretsOf(lab.name));
  const places = "/var/log /run /etc /tmp /var/tmp /home/ubuntu /root /usr/local /var/lib/cloud";
  for (const [name, value] of secrets) {
    for (const host of ["gateway", "backend"]) {
      const search = `{ grep -rlsaF -f - ${places} | grep -v '^/run/systemd/journal'; } || :`;
      const files = (await lab.must(host, search, { input: value })).trim();
      expect(files === "", `${host}: the value of ${name} is in ${files}`);
      const other =
        "pattern=$(cat); { journalctl -q --no-pager; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; } | grep -cFf <(printf '%s\\n' \"$pattern\") || :";
      const count = await lab.must(host, other, { input: value });
      expect(count.trim() === "0", `${host}: the value of ${name} is in the journal or in a command line`);
    }
  }
  return `${secrets.length} values on two hosts`;
}
