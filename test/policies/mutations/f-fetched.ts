/** Area F, what a set-up takes from the network or out of a secret file, and which ports its containers publish. */
import type { Mutation } from "./frame";
import { one, step } from "./j-carriers";

const SUM = "4b2e9c1f7a3d5e6b8c0f1a2d3e4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d";
const MODEL = "/home/ddos/models/hybrid.pkl";
const URL = "https://models.example.org/v3/hybrid.pkl";
const ENV = "/home/ddos/app/.env";
const CUT = `"$(sudo grep ^DATABASE_URL= ${ENV} | cut -d= -f2-)"`;
const IMAGE = `acme/ml@sha256:${SUM}`;

const CODE = "no-remote-code";
const ARGUMENT = "secret-in-arguments";
const LOOPBACK = "application-on-loopback";
const run = (id: string, title: string, expect: Mutation["expect"], text: string): Mutation =>
  one(id, title, expect, (p) => step(p, `set -euo pipefail\n${text}`));
const doubt = (id: string, title: string, expect: string, text: string): Mutation => ({
  ...run(id, title, expect, text),
  verdict: "unknown",
});

const fetched: Mutation[] = [
  run("F60", "a model over HTTP", CODE, `sudo curl -fsSo ${MODEL} http://models.example.org/x.pkl\nsudo chmod 444 ${MODEL}`),
  run("F60-https", "a model over HTTPS", CODE, `sudo curl -fsSo ${MODEL} ${URL}\nsudo chmod 444 ${MODEL}`),
  run("F60-wget", "by wget, moved into place", CODE, `wget -qO /tmp/m ${URL}\nsudo install -m 444 -o root -g ddos /tmp/m ${MODEL}`),
  run("F60-archive", "models in an archive", CODE, `curl -fsS ${URL}.tgz | sudo tar xz -C /home/ddos/models\nsudo chmod 444 ${MODEL}`),
  run(
    "F60-theirs",
    "a sum from where the model comes from",
    CODE,
    `cd /tmp\ncurl -fsSO ${URL}\ncurl -fsS ${URL}.sha256 | sha256sum -c\nsudo install -m 444 hybrid.pkl ${MODEL}`,
  ),
  run(
    "F60-checked",
    "a model with the sum of the script",
    [],
    `curl -fsSo /tmp/m ${URL}\necho '${SUM}  /tmp/m' | sha256sum -c\nsudo install -m 444 -o root -g root /tmp/m ${MODEL}`,
  ),
  run(
    "F60-shasum",
    "the sum by another program",
    [],
    `curl -fsSo /tmp/m ${URL}\necho '${SUM}  /tmp/m' | shasum -a 256 -c -\nsudo install -m 444 -o root -g root /tmp/m ${MODEL}`,
  ),
  run(
    "F60-signed",
    "a model with a signature",
    [],
    `curl -fsSo /tmp/m ${URL}\ncurl -fsSo /tmp/m.asc ${URL}.asc\ngpg --verify /tmp/m.asc /tmp/m\nsudo install -m 444 -o root -g root /tmp/m ${MODEL}`,
  ),
  run(
    "F60-compared",
    "a sum that a test compares",
    [],
    `curl -fsSo /tmp/m ${URL}\n[ "$(sha256sum /tmp/m | cut -d' ' -f1)" = ${SUM} ]\nsudo install -m 444 -o root -g root /tmp/m ${MODEL}`,
  ),
  doubt(
    "F60-ignored",
    "a sum that a test compares, and nobody minds",
    CODE,
    `curl -fsSo /tmp/m ${URL}\n[ "$(sha256sum /tmp/m | cut -d' ' -f1)" = ${SUM} ] || echo differs\nsudo install -m 444 -o root -g root /tmp/m ${MODEL}`,
  ),
  run("F60-other", "a page of the network that is no model", [], "curl -fsSo /tmp/status.html https://status.example.org/"),
  run("F61", "keys of somebody's account", CODE, "curl -fsSL https://github.com/somebody.keys >> ~/.ssh/authorized_keys"),
  run("F61-kept", "keys by way of a variable", CODE, 'k=$(wget -qO- https://keys.example.org/ops)\necho "$k" >> ~/.ssh/authorized_keys'),
  run("F61-sudo", "rules of sudo", CODE, "curl -fsS https://ops.example.org/sudoers | sudo tee /etc/sudoers.d/ops >/dev/null"),
  run("F61-unit", "a unit", CODE, "sudo curl -fsSo /etc/systemd/system/agent.service https://ops.example.org/agent.service"),
];

const given: Mutation[] = [
  run("F62", "a database's address out of .env", ARGUMENT, `psql ${CUT} -qAtc 'select 1' >/dev/null`),
  run("F62-sourced", "out of .env that is sourced", ARGUMENT, `set -a\n. ${ENV}\npsql "$DATABASE_URL" -qAtc 'select 1' >/dev/null`),
  run("F62-redis", "a password by -a", ARGUMENT, `redis-cli -h c.internal -a ${CUT} ping >/dev/null`),
  run("F62-curl", "a password by -u", ARGUMENT, `curl -fsS -u "app:"${CUT} http://127.0.0.1:8000/health >/dev/null`),
  run("F62-file", "a file of its own", [], "PGPASSFILE=/home/ddos/.pgpass psql -h db.internal -U app -qAtc 'select 1' >/dev/null"),
  run(
    "F62-number",
    "how many lines .env has",
    [],
    `n=$(sudo grep -c . ${ENV})\ncurl -fsS "http://127.0.0.1:8000/health?lines=$n" >/dev/null`,
  ),
];

const published: Mutation[] = [
  run("F63", "a container's port on every address", LOOPBACK, `sudo docker run -d -p 8000:8000 ${IMAGE}`),
  run("F63-long", "the long option, podman", LOOPBACK, `sudo podman run -d --publish=0.0.0.0:8000:8000 ${IMAGE}`),
  run("F63-mapped", "another port outside", LOOPBACK, `sudo nerdctl run -d --name ml -p 8080:8000/tcp ${IMAGE}`),
  run("F63-range", "a range with the service's port", LOOPBACK, `sudo docker run -d -p 8999-9001:8999-9001 ${IMAGE}`),
  run(
    "F63-unit",
    "a unit that starts a container",
    LOOPBACK,
    `sudo tee /etc/systemd/system/ml.service >/dev/null <<'UNIT'\n[Service]\nUser=ddos\nExecStart=/usr/bin/docker run --rm -p 9000:8000 ${IMAGE}\nUNIT`,
  ),
  run(
    "F63-compose",
    "Compose",
    LOOPBACK,
    `cat > /tmp/compose.yaml <<'FILE'\nservices:\n  ml:\n    image: ${IMAGE}\n    ports:\n      - "8000:8000"\nFILE`,
  ),
  run("F63-loopback", "on the loopback", [], `sudo docker run -d -p 127.0.0.1:8000:8000 ${IMAGE}`),
  run("F63-six", "on the loopback of IPv6", [], `sudo docker run -d -p '[::1]:8000:8000' ${IMAGE}`),
  run("F63-other", "the port of something else", [], `sudo docker run -d -p 9100:9100 prom/node-exporter@sha256:${SUM}`),
  run("F63-words", "what the container is told", [], `sudo docker run --rm ${IMAGE} serve -p 8000:8000`),
];

export const mutations: Mutation[] = [...fetched, ...given, ...published];
