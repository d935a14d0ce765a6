/** Causes that look like something else: the message has to name what it was. */
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess, undone } from "../case";
import { shiftClock } from "../clock";
import { TAKE_INODES } from "../space";
import { plainModel } from "../variants";

const newModel = (bench: Bench) => [plainModel("stage2.pkl", bench.label()), ...bench.good().models.slice(1)];

const PERSON = "/etc/nginx/conf.d/person.conf";

export const messageCases: readonly Case[] = [
  {
    name: "no inodes left: said as that, and no request fails",
    byName: true,
    run: (bench) =>
      undone(bench, "rm -rf /var/inodes", async () => {
        await bench.sh(`rm -rf /var/lib/ddos/reserve; ${TAKE_INODES}\ndf -i / | tail -n 1`);
        return expectFailure(await bench.deploy({ app: { label: bench.label() } }), "code", /inodes needed|no inodes left/);
      }),
  },
  {
    name: "another team's broken file in nginx is not reported as our site",
    run: (bench) =>
      undone(bench, `rm -f ${PERSON}`, async () => {
        await bench.sh(`echo 'gzip_broken on;' >${PERSON}`);
        const outcome = await bench.deploy({ app: { label: bench.label() } });
        return expectFailure(outcome, "release", /because of \/etc\/nginx\/conf\.d\/person\.conf, which is not part of this deployment/);
      }),
  },
  {
    name: "a foreign site on the port where ours would be tried: another one is taken",
    run: (bench) =>
      undone(bench, `rm -f ${PERSON}; nginx -s reload`, async () => {
        await bench.sh(`printf 'server { listen 8100; return 418; }\\n' >${PERSON}; nginx -s reload`);
        expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: { limits: { bodyMiB: 7 } } }));
        return "";
      }),
  },
  {
    name: "another default site on our port is named",
    run: (bench) =>
      undone(bench, `rm -f ${PERSON}`, async () => {
        await bench.sh(`printf 'server { listen 9000 default_server; return 418; }\\n' >${PERSON}`);
        return expectFailure(await bench.deploy({ app: { label: bench.label() } }), "release", /duplicate default server[^]*person\.conf/);
      }),
  },
  {
    name: "a clock that is a year off is named, not S3",
    byName: true,
    run: async (bench) => {
      const said: string[] = [];
      for (const hours of [24 * 366, -24 * 366]) {
        await shiftClock(bench.lab, "backend", hours);
        const outcome = await bench.deploy({ models: newModel(bench) }, { only: ["models"] });
        await shiftClock(bench.lab, "backend", 0);
        said.push(expectFailure(outcome, "models", /this host's clock (says|is wrong)/));
      }
      return said.join("; ");
    },
  },
  {
    name: "S3 asks to slow down for a while: asked again, and nothing fails",
    run: async (bench) => {
      const wanted = { app: { label: bench.label() }, models: newModel(bench) };
      await bench.publish(wanted.models);
      await bench.lab.s3.faults({ match: "GET .*models/", kind: "status", times: 6 });
      expectSuccess(await bench.deploy(wanted));
      return "";
    },
  },
  {
    name: "a name that has addresses of IPv6 alone: said as that",
    run: (bench) =>
      undone(bench, "cat /root/hosts >/etc/hosts", async () => {
        await bench.sh("cat /etc/hosts >/root/hosts; echo '2001:db8::1 s3.us-east-1.amazonaws.com' >>/etc/hosts");
        return expectFailure(await bench.deploy({ models: newModel(bench) }, { only: ["models"] }), "models", /addresses of IPv6 alone/);
      }),
  },
  {
    name: "a dead name server is named, not S3",
    run: (bench) =>
      undone(bench, "cat /root/resolv.conf >/etc/resolv.conf", async () => {
        await bench.sh(
          "cat /etc/resolv.conf >/root/resolv.conf; printf 'nameserver 10.255.255.1\\noptions timeout:1 attempts:1\\n' >/etc/resolv.conf",
        );
        const outcome = await bench.deploy({ models: newModel(bench) }, { only: ["models"] });
        const reason = expectFailure(outcome, "models", /name server answer/);
        check(!/S3 denied|credentials/.test(outcome.last), `S3 is blamed: ${outcome.last}`);
        return reason;
      }),
  },
];
