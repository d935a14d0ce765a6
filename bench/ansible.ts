/** Two hosts of a lab that Ansible sets up (bench/ansible), for the same application and models. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addApplicationWheels } from "../test/lab/app-wheels";
import { usedSeconds } from "../test/lab/cgroup";
import { BACKEND_ADDRESS, GATEWAY_ADDRESS, createDefaultLab } from "../test/lab/default-lab";
import type { Lab } from "../test/lab/lab";
import { download } from "../test/lab/python-env";
import { labS3 } from "../test/lab/s3-client";
import { labExists } from "../test/lab/state";
import { EXIT, Problem } from "../policies/cli";
import { ROOT, run, type Used } from "./program";
import type { Source } from "./source";
import { environment } from "./venv";

/** 0.3.54 is the newest Mitogen, and says that it supports ansible-core 2.19. */
export const ANSIBLE = ["ansible-core==2.19.14", "mitogen==0.3.54"] as const;
/** `aws s3 cp`, on the hosts; they have no package of it. */
const AWS = "awscli==1.46.3";
const BUCKET = "models";
const HOSTS = ["gateway", "backend"] as const;

export interface Play extends Used {
  /** Tasks that changed something, over both hosts. */
  readonly changed: number;
}

export class AnsibleHosts {
  private constructor(
    readonly lab: Lab,
    private readonly source: Source,
    private readonly folder: string,
    private readonly venv: string,
    /** Processor time of both hosts until SSH answered. */
    readonly bootSeconds: number,
  ) {}

  static async boot(name: string, source: Source, say: (line: string) => void): Promise<AnsibleHosts> {
    const made = environment("ansible", ANSIBLE);
    if ("wrong" in made) throw new Problem(`Ansible could not be installed (${made.wrong})`, EXIT.cannotTell);
    const lab = await createDefaultLab(name, { say });
    const bootSeconds = hostsSeconds(name);
    const { wheelhouse, images } = lab.state();
    const [{ python } = { python: "" }] = Object.values(images);
    await addApplicationWheels(wheelhouse, python, say, { path: source.app, module: "ml_gateway.app:app" });
    const folder = join(source.folder, name);
    mkdirSync(folder, { recursive: true });
    run([...download(wheelhouse, python), AWS], { folder });
    const install = `python3 -m venv /opt/aws && /opt/aws/bin/pip install -q --disable-pip-version-check ${AWS}`;
    await lab.must("backend", install);
    await labS3(name, "us-east-1").createBucket(BUCKET);
    return new AnsibleHosts(lab, source, folder, made.folder, bootSeconds);
  }

  /** Into the bucket, as `npm run models -- publish` and the program do for the project's own hosts. */
  async publish(): Promise<void> {
    const s3 = labS3(this.lab.name, "us-east-1");
    for (const { name, path } of this.source.models()) await s3.putFile(BUCKET, name, path);
  }

  /** One run of the playbook on both hosts. @throws Problem where a task fails */
  play(): Play {
    const { folder, venv, lab } = this;
    // Names in order and no times: the same files are the same archive.
    const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--exclude=__pycache__"];
    run(["tar", ...fixed, "-cf", join(folder, "app.tar"), "-C", this.source.app, "."], { folder });
    run(["gzip", "-nf", join(folder, "app.tar")], { folder });
    writeFileSync(join(folder, "inventory.json"), JSON.stringify(this.#inventory()));
    const settings = {
      ANSIBLE_HOST_KEY_CHECKING: "False",
      ANSIBLE_PIPELINING: "True",
      ANSIBLE_STRATEGY: "mitogen_linear",
      ANSIBLE_STRATEGY_PLUGINS: join(venv, "lib", pythonOf(venv), "site-packages/ansible_mitogen/plugins/strategy"),
      ANSIBLE_LOCALHOST_WARNING: "False",
      ANSIBLE_DEPRECATION_WARNINGS: "False",
      ANSIBLE_HOME: join(folder, "home"),
      ANSIBLE_INVENTORY_ENABLED: "yaml",
      LC_ALL: "C.UTF-8",
      PATH: `${join(venv, "bin")}:${process.env["PATH"] ?? ""}`,
    };
    const argv = [join(venv, "bin/ansible-playbook"), "-i", join(folder, "inventory.json"), join(__dirname, "ansible/site.yml")];
    const used = run(lab.outside(argv), { folder, env: settings });
    return { ...used, changed: changedOf(used.out) };
  }

  #inventory(): object {
    const key = this.lab.state().privateKeyFile;
    const quiet = `-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes`;
    const jump = `-o ProxyCommand="ssh ${quiet} -i ${key} -W %h:%p ubuntu@${GATEWAY_ADDRESS}"`;
    const common = { ansible_user: "ubuntu", ansible_ssh_private_key_file: key, ansible_python_interpreter: "/usr/bin/python3" };
    const secrets = { DATABASE_URL: "postgresql://bench:bench@db.internal/ml", SECRET_KEY: "bench-".repeat(8), LOG_LEVEL: "INFO" };
    const all = { archive: join(this.folder, "app.tar.gz"), bucket: BUCKET };
    const models = this.source.models().map(({ name, sha256 }) => ({ name, sha256 }));
    const variables = { ...secrets, MODEL_PATH: "/home/ddos/models/hybrid_stage2_model_v3_real_benign.pkl", CACHE_TTL: this.source.ttl };
    // As `workers: auto` gives the dev stack's instances with these models.
    const gateway = { service: "ddos-gateway", site: "gateway", port: 80, workers: 2, models: [], variables: { LOG_LEVEL: "INFO" } };
    const backend = { service: "ddos-backend", site: "backend", port: 9000, workers: 1, models, variables };
    const hosts = {
      gateway: {
        ...{ ...common, ...gateway, ansible_host: GATEWAY_ADDRESS, ansible_ssh_common_args: quiet },
        upstream: `http://${BACKEND_ADDRESS}:9000`,
      },
      backend: { ...common, ...backend, ansible_host: BACKEND_ADDRESS, ansible_ssh_common_args: `${quiet} ${jump}` },
    };
    return { all: { hosts, vars: all } };
  }

  /** Milliseconds of a bare `aws s3 cp` of the large model on the backend, and of the service from its restart to its first good answer. */
  async bare(): Promise<{ readonly copyMs: number; readonly startMs: number }> {
    const [{ name } = { name: "" }] = this.source.models().filter((model) => /_model_v3_/.test(model.name));
    const timed = (command: string): string => `begin=$(date +%s%N); ${command}; echo $((($(date +%s%N) - begin) / 1000))`;
    const env = "AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt AWS_DEFAULT_REGION=us-east-1";
    const copy = `${env} /opt/aws/bin/aws s3 cp --only-show-errors s3://${BUCKET}/${name} /var/tmp/bare`;
    const start = "systemctl restart ddos-backend; until curl -sf http://127.0.0.1:8000/health >/dev/null; do sleep 0.1; done";
    const us = async (command: string): Promise<number> => Number(await this.lab.must("backend", timed(command)));
    return { copyMs: (await us(copy)) / 1000, startMs: (await us(start)) / 1000 };
  }
}

/** Processor time that both hosts of a lab have used so far. @throws Problem where the kernel does not count it */
export function hostsSeconds(lab: string): number {
  return HOSTS.reduce((sum, host) => {
    const used = usedSeconds(lab, host);
    // Before its first boot a host has used none.
    if (used === undefined && labExists(lab)) throw new Problem(`the kernel does not count what ${host} of "${lab}" uses`, EXIT.cannotTell);
    return sum + (used ?? 0);
  }, 0);
}

function pythonOf(venv: string): string {
  const said = run([join(venv, "bin/python"), "-c", "import sys; print(f'python{sys.version_info[0]}.{sys.version_info[1]}')"], {
    folder: join(ROOT, ".cache/bench"),
  });
  return said.out.trim();
}

/** Of the recap at the end: `gateway : ok=17 changed=0 unreachable=0 failed=0 …`. @throws Problem where it is not there, or something failed */
export function changedOf(text: string): number {
  const hosts = [...text.matchAll(/^(\w+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm)];
  if (hosts.length !== HOSTS.length || hosts.some(([, , , unreachable, failed]) => unreachable !== "0" || failed !== "0"))
    throw new Problem(`Ansible did not set up both hosts:\n${text.trim().split("\n").slice(-20).join("\n")}`, EXIT.cannotTell);
  return hosts.reduce((sum, [, , changed]) => sum + Number(changed), 0);
}
