/** The words of logger stand in the system log. */
import { policies } from "../../../policies/rules";
import { verdicts } from "../host-setup/program";

const [policy] = policies.filter(({ id }) => id === "secret-leaves-host");

test.each([
  ["a line of .env", `db=$(sudo sed -n 's/^DATABASE_URL=//p' /home/ddos/app/.env); logger -t setup "configured for $db"`, ["violation"]],
  ["a variable of .env", `set -a; . /home/ddos/app/.env; logger "$SECRET_KEY"`, ["violation"]],
  ["what is no secret", `logger -t setup "release 42 on $(hostname), $(uptime -p)"`, []],
])("%s", async (_, create, expected) => {
  expect(policy).toBeDefined();
  if (policy) expect(await verdicts(policy, [create])).toEqual(expected);
});
