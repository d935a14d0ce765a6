/** What the backend's design says of serving, made to work beside the stack's own set-up: four uvicorn workers behind an nginx that keeps no connection. */
import type { Lab } from "../test/lab/lab";
import { until } from "../test/lab/process";

const HOST = "backend";
export const documentedPorts = { uvicorn: 8100, nginx: 9100 } as const;
const FOLDER = "/run/bench";

/** Debian's nginx.conf as far as it bears on speed, and a site with proxy_pass and the usual headers. */
const NGINX = `worker_processes auto;
pid ${FOLDER}/nginx.pid;
daemon off;
user www-data;
events { worker_connections 768; }
http {
  sendfile on;
  tcp_nopush on;
  access_log ${FOLDER}/access.log;
  server {
    listen ${String(documentedPorts.nginx)};
    location / {
      proxy_pass http://127.0.0.1:${String(documentedPorts.uvicorn)};
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;

/** @returns what ends it */
export async function startDocumented(lab: Lab): Promise<() => Promise<void>> {
  const unit = (name: string, options: string, command: string): string =>
    `systemd-run --quiet --collect --unit=bench-${name} ${options} ${command}`;
  const uvicorn = `/home/ddos/venv/bin/uvicorn ml_gateway.app:app --host 127.0.0.1 --port ${String(documentedPorts.uvicorn)} --workers 4 --env-file /home/ddos/app/.env`;
  const output = `--property=StandardOutput=append:${FOLDER}/app.log --setenv=PYTHONDONTWRITEBYTECODE=1`;
  await lab.must(HOST, `install -d -m 755 ${FOLDER}; cat >${FOLDER}/nginx.conf`, { input: NGINX });
  await lab.must(HOST, unit("uvicorn", `--uid=ddos --working-directory=/home/ddos/app ${output}`, uvicorn));
  await lab.must(HOST, unit("nginx", "", `nginx -c ${FOLDER}/nginx.conf`));
  await until("an answer with the documented settings", 60_000, async () => {
    const { code } = await lab.exec(HOST, `curl -sf http://127.0.0.1:${String(documentedPorts.nginx)}/health`);
    return code === 0 || undefined;
  });
  return async () => void (await lab.must(HOST, `systemctl stop bench-nginx bench-uvicorn; rm -rf ${FOLDER}`));
}
