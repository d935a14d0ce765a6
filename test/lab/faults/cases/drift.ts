/** What hands do to a host: the next deployment has to repair exactly that. */
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";

const INVOCATIONS = "for unit in ddos-backend nginx; do systemctl show -p InvocationID --value $unit; done";

interface Drift {
  readonly name: string;
  readonly by: string;
  /** Bash that fails while it is not repaired. */
  readonly repaired: string;
  readonly outage?: boolean;
  /** Whether the service may be restarted for it. @default false */
  readonly restarts?: boolean;
}

const drift = ({ name, by, repaired, outage, restarts = false }: Drift): Case => ({
  name,
  outage,
  run: async (bench: Bench) => {
    const before = await bench.sh(INVOCATIONS);
    await bench.sh(by);
    const outcome = await bench.deploy({}, { all: true });
    expectSuccess(outcome);
    await bench.sh(repaired);
    const same = (await bench.sh(INVOCATIONS)) === before;
    check(same || restarts || outage === true, "something was restarted");
    return same ? "repaired, nothing restarted" : "repaired";
  },
});

const UNIT = "/etc/systemd/system/ddos-backend.service";
const SITE = "/etc/nginx/sites-available/backend";

export const driftCases: readonly Case[] = [
  drift({ name: ".env chmod'ed by hand", by: "chmod 644 /home/ddos/app/.env", repaired: "[ $(stat -Lc %a /home/ddos/app/.env) = 600 ]" }),
  drift({
    name: "owners and modes of the application changed by hand",
    by: "chown root:root /home/ddos/app/ml_gateway/app.py; chmod 700 /home/ddos/app/ml_gateway",
    repaired: "[ \"$(stat -c '%a %U' /home/ddos/app/ml_gateway/app.py /home/ddos/app/ml_gateway | tr '\\n' ,)\" = '644 ddos,755 ddos,' ]",
  }),
  drift({
    name: "service masked by hand, still running",
    by: `rm ${UNIT}; ln -s /dev/null ${UNIT}; systemctl daemon-reload; [ $(systemctl is-enabled ddos-backend) = masked ]`,
    repaired: "[ $(systemctl is-enabled ddos-backend) = enabled ]",
  }),
  drift({
    name: "service masked and stopped by hand",
    by: `rm ${UNIT}; ln -s /dev/null ${UNIT}; systemctl daemon-reload; systemctl stop ddos-backend`,
    repaired: "[ $(systemctl is-enabled ddos-backend) = enabled ]",
    outage: true,
  }),
  drift({
    name: "service stopped and disabled by hand",
    by: "systemctl disable --now ddos-backend",
    repaired: "systemctl is-enabled ddos-backend",
    outage: true,
  }),
  drift({
    name: "nginx stopped, disabled and masked by hand",
    by: "systemctl disable --now nginx; systemctl mask nginx",
    repaired: "systemctl is-enabled nginx",
    outage: true,
  }),
  drift({ name: "unit edited by hand", by: `sed -i 's/^RestartSec=.*/RestartSec=9/' ${UNIT}`, repaired: `grep -qx RestartSec=1 ${UNIT}` }),
  drift({
    name: "unit edited by hand and the service restarted with it",
    by: `sed -i 's/^RestartSec=.*/RestartSec=9/' ${UNIT}; systemctl daemon-reload; systemctl restart ddos-backend`,
    repaired: "[ $(systemctl show -p RestartUSec --value ddos-backend) = 1s ]",
    outage: true,
  }),
  drift({
    name: "nginx site edited by hand",
    by: `sed -i 's/max_fails=0/max_fails=9/' ${SITE}`,
    repaired: `! grep -q max_fails=9 ${SITE}`,
  }),
  drift({
    name: "link of the site deleted by hand",
    by: "rm /etc/nginx/sites-enabled/backend",
    repaired: "[ -L /etc/nginx/sites-enabled/backend ]",
  }),
  drift({
    name: "links of the release deleted by hand",
    by: "rm /home/ddos/current /home/ddos/app /home/ddos/models",
    repaired: "[ -e /home/ddos/app/.env ] && [ -e /home/ddos/models/stage2.pkl ]",
  }),
  drift({
    name: "application edited by hand",
    by: "echo '# tried something' >>/home/ddos/app/ml_gateway/app.py",
    repaired: "! grep -q 'tried something' /home/ddos/app/ml_gateway/app.py",
    restarts: true,
  }),
  drift({
    name: "release deleted by hand",
    by: 'rm -r "$(readlink -f /home/ddos/current)"',
    repaired: "[ -e /home/ddos/app/.env ]",
    restarts: true,
  }),
];
