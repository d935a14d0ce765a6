/** Candidates that are asked copies of live requests before the switch, under the load that runs beside every case: not one request of it may fail. */
import type { Shadow } from "../../../../infra/release/types";
import type { HostSpec } from "../../../../infra/release/types";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";

/** The load asks for /about; what names the release or its process differs by right. */
const shadow = (change: Partial<Shadow> = {}): Partial<HostSpec> => ({
  shadow: {
    seconds: 20,
    percent: 100,
    requests: ["GET /about"],
    minRequests: 5,
    maxRequests: 30,
    bodyKiB: 16,
    tolerance: 1e-6,
    ignore: ["label", "pid"],
    ...change,
  },
});

const SERVING = "sed -n s/^current=//p /var/lib/ddos/serving";

/** Nothing of it is left: not in the site, not as a process, not as a socket. */
async function expectGone({ sh }: Bench): Promise<void> {
  const left = await sh(
    "grep -c shadow /etc/nginx/sites-available/backend; systemctl is-active ddos-shadow.service; ls -d /run/ddos-shadow; pgrep -f 'shadow[.]py'; exit 0",
  );
  check(left.trim() === "0\ninactive", `something of the copying is left: ${left}`);
}

/** What is done while requests are copied, when the first have been compared. */
const whileCopying = (
  bench: Bench,
  script: string,
  done: Promise<string>[] = [],
): { during: (step: string) => void; done: Promise<string>[] } => ({
  during: (step) => {
    const wait = "for try in $(seq 600); do grep -q shadow /etc/nginx/sites-available/backend && break; sleep 0.1; done; sleep 1";
    if (step === "release") done.push(bench.lab.must("backend", `${wait}; ${script}`, { timeoutMs: 90_000 }));
  },
  done,
});

const MARK = "s3cret-of-a-client";
/** Wherever it may have been written. The search itself must not find itself. */
const SEARCH = `
for folder in /var/log /var/lib /var/tmp /run /tmp /home/ddos /etc /root /dev/shm; do grep -rlIa --devices=skip 's3cret-of-a-clien[t]' $folder; done
journalctl --no-pager | grep -c 's3cret-of-a-clien[t]'
exit 0`;

export const shadowCases: readonly Case[] = [
  {
    name: "copied requests: a candidate that answers alike is switched to, with the numbers, and nothing of the copying is left",
    run: async (bench) => {
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      const exposure = whileCopying(bench, "systemd-analyze security ddos-shadow.service --no-pager | tail -n 1");
      const outcome = await bench.deploy({ app: { label: bench.label() }, spec: shadow({ minAgreement: 1 }) }, exposure);
      expectSuccess(outcome);
      check(
        /on copies of live requests: (\d+) of \1 answers \(100\.0 %\)[^\n]*p50\/p95 of [0-9]+-[0-9a-f]+ \d+\/\d+ ms, of [0-9]+-[0-9a-f]+ \d+\/\d+ ms/.test(
          outcome.said,
        ),
        `the numbers are not said: ${outcome.said}`,
      );
      await expectGone(bench);
      const [said = ""] = await Promise.all(exposure.done);
      check(Number(/: ([0-9.]+)/.exec(said)?.[1]) <= 3, `the comparer is exposed: ${said}`);
      return said.trim();
    },
  },
  {
    name: "copied requests: a candidate that answers otherwise is refused, and the release before has never stopped to serve",
    run: async (bench) => {
      const before = (await bench.sh(SERVING)).trim();
      const outcome = await bench.deploy({ app: { label: bench.label() }, ttl: "301", spec: shadow({ minAgreement: 0.95 }) });
      const reason = expectFailure(
        outcome,
        "release",
        /was not switched to: 0 of \d+ answers \(0\.0 %\)[^\n]*differing: another answer[^\n]*most often at ttl[^\n]*At least 95 % have to agree \(release\.shadow\.minAgreement\)/,
      );
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      await expectGone(bench);
      return reason;
    },
  },
  {
    name: "copied requests: a candidate that hangs, and a comparer that hangs, are nothing to clients",
    run: async (bench) => {
      const hanging = { ...shadow(), limits: { timeoutSeconds: 2 } };
      const outcome = await bench.deploy({ app: { label: bench.label(), fault: "hanging" }, spec: hanging });
      const reason = expectFailure(outcome, "release", /gave no answer 3 times in a row where [0-9]+-[0-9a-f]+ did/);
      await expectGone(bench);
      const stop = whileCopying(
        bench,
        "systemctl kill --signal=STOP ddos-shadow.service; sleep 3; systemctl kill --signal=CONT ddos-shadow.service",
      );
      const stopped = await bench.deploy({ app: { label: bench.label() }, spec: shadow({ maxRequests: 200, seconds: 8 }) }, stop);
      await Promise.all(stop.done);
      expectSuccess(stopped);
      await expectGone(bench);
      return reason;
    },
  },
  {
    name: "copied requests: the step is killed meanwhile, and so is the comparer",
    run: async (bench) => {
      const before = (await bench.sh(SERVING)).trim();
      const step = whileCopying(bench, "systemctl kill --signal=KILL 'ddos-step-release-*'");
      check(
        !(await bench.deploy({ app: { label: bench.label() }, spec: shadow({ maxRequests: 5000 }) }, step)).ok,
        "the step says that it ended well",
      );
      await Promise.all(step.done);
      await bench.sh("for try in $(seq 300); do [ -e /var/lib/ddos/trying ] || exit 0; sleep 0.1; done; exit 1");
      check((await bench.sh(SERVING)).trim() === before, "another release than the one before is recorded");
      await expectGone(bench);
      const comparer = whileCopying(bench, "systemctl kill --signal=KILL ddos-shadow.service");
      const outcome = await bench.deploy({ app: { label: bench.label() }, spec: shadow({ maxRequests: 5000 }) }, comparer);
      await Promise.all(comparer.done);
      const reason = expectFailure(outcome, "release", /could not be compared: [^]*release\.shadow\.seconds 0/);
      await expectGone(bench);
      return reason;
    },
  },
  {
    name: "copied requests: without traffic nothing was learnt; bodies of clients are nowhere on the host",
    run: async (bench) => {
      const quiet = await bench.deploy({
        app: { label: bench.label() },
        spec: shadow({ requests: ["POST /predict"], seconds: 2, minAgreement: 1 }),
      });
      expectSuccess(quiet);
      check(/nothing was learnt about [0-9]+-[0-9a-f]+ from copies of live requests: no request came/.test(quiet.said), quiet.said);
      const send = `for try in $(seq 20); do printf '{"text": "%s"}' ${MARK} | curl -s -o /dev/null --data-binary @- http://127.0.0.1:9000/echo; done; systemctl kill --signal=KILL ddos-shadow.service`;
      const echo = whileCopying(bench, send);
      const outcome = await bench.deploy(
        { app: { label: bench.label() }, spec: shadow({ requests: ["POST /echo"], maxRequests: 5000 }) },
        echo,
      );
      await Promise.all(echo.done);
      check(!outcome.ok && !outcome.said.includes(MARK), `it had to fail without a body in what it says: ${outcome.said}`);
      const found = (await bench.sh(SEARCH)).trim();
      check(found === "0", `a body lies on the host: ${found}`);
      await expectGone(bench);
      bench.setGood({ ...bench.good(), spec: {} });
      return "";
    },
  },
];
