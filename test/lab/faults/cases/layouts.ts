/** Applications of other layouts than the sample's, on a host: where their modules are, and what decides their environment. */
import type { Bench } from "../bench";
import { check, expectFailure, expectSuccess, type Case } from "../case";
import { layoutBundle, tinyWheel, type Layout } from "../layouts";
import type { Outcome } from "../operator";
import type { HostSpec } from "../../../../infra/release/types";

type Start = Pick<HostSpec, "module" | "interface">;
const FACTORY: Start = { module: "shop.main:create_app()" };
const MAIN: Start = { module: "main:app" };
const WHEEL = "wheels/lab_extra-1.0-py3-none-any.whl";
let wheel: Buffer | undefined;
/** Made when a case needs it, since who chooses cases needs no Python; and once, since a wheel holds the time at which it was made. */
const includes = (): Record<string, Buffer> => ({ [WHEEL]: (wheel ??= tinyWheel("lab_extra", "1.0")) });

async function deploy(bench: Bench, start: Start, layout: Omit<Layout, "label">, label = bench.label()): Promise<Outcome> {
  const bundle = layoutBundle({ ...layout, label });
  return bench.deploy({ app: { label }, spec: { ...start, code: { kind: "bundle", bundle } } });
}

/** What is served through both hosts. */
async function served(bench: Bench): Promise<Readonly<Record<string, unknown>>> {
  return (await bench.about()) as unknown as Record<string, unknown>;
}

const environment = async (bench: Bench): Promise<string> => (await bench.sh("readlink /home/ddos/current/venv")).trim();

/** The small application again, for the cases that follow. */
async function leave(bench: Bench): Promise<void> {
  expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
}

export const layoutCases: readonly Case[] = [
  {
    name: "layout: pyproject.toml, modules below src, a factory and a symbolic link",
    run: async (bench) => {
      const links = { "src/shop/label.txt": "../../label.txt" };
      expectSuccess(await deploy(bench, FACTORY, { app: "src-layout", links }));
      check((await served(bench)).module === "shop.main", "another module answers");
      const first = await environment(bench);
      const other = `[project]\nname = "shop"\nversion = "2.0"\ndependencies = ["fastapi==0.162.5", "uvicorn[standard]==0.54.0", "python-dotenv==1.2.4"]\n`;
      expectSuccess(await deploy(bench, FACTORY, { app: "src-layout", links, files: { "pyproject.toml": other } }));
      check((await environment(bench)) === first, "another version of the project made another environment");
      const shown = await bench.sh("cat /home/ddos/current/release.conf; readlink /home/ddos/current/app/src/shop/label.txt");
      check(/PYTHONPATH=\/home\/ddos\/app\/src\n\.\.\/\.\.\/label\.txt/.test(shown), `the release has ${shown}`);
      await leave(bench);
      return `environment ${first.slice(-16)} for both`;
    },
  },
  {
    name: "layout: a change in an included requirements file reaches the environment, a change of code does not",
    run: async (bench) => {
      expectSuccess(await deploy(bench, MAIN, { app: "includes", files: includes() }));
      const first = await environment(bench);
      check(JSON.stringify((await served(bench)).packages) === '["lab_extra"]', "the wheel of the tree is not in the environment");
      expectSuccess(await deploy(bench, MAIN, { app: "includes", files: { ...includes(), "README.md": "more\n" } }));
      check((await environment(bench)) === first, "a change of code made another environment");
      const base = { ...includes(), "requirements/base.txt": "fastapi\nuvicorn\npython-dotenv\nhttpx\n" };
      expectSuccess(await deploy(bench, MAIN, { app: "includes", files: base }));
      check((await environment(bench)) !== first, "the environment is the old one");
      check(JSON.stringify((await served(bench)).packages) === '["lab_extra","httpx"]', "httpx is not in the environment");
      await leave(bench);
      return "lab_extra from the tree, httpx from the included file";
    },
  },
  {
    name: "layout: WSGI by uvicorn's adapter",
    run: async (bench) => {
      expectSuccess(await deploy(bench, { module: "site_app:application", interface: "wsgi" }, { app: "wsgi" }));
      check((await served(bench)).server === "http", "the adapter does not answer");
      await leave(bench);
      return "without a framework";
    },
  },
  {
    name: "layout: an editable install is refused before anything is installed",
    run: async (bench) => {
      const files = { ...includes(), "requirements/base.txt": "uvicorn\npython-dotenv\n-e .\n" };
      return expectFailure(await deploy(bench, MAIN, { app: "includes", files }), "code", /requirements\/base\.txt has «-e \.»/);
    },
  },
  {
    name: "layout: a repository with a submodule and a pointer of Git LFS says that their content is not there",
    run: async (bench) => {
      const bundle = layoutBundle({ app: "wsgi", label: "git" });
      await bench.sh(`rm -rf /opt/layout.git && mkdir -p /opt/layout.git && cd /opt/layout.git && base64 -d <<'BUNDLE' | tar -xz
${bundle.gzipBase64.replace(/(.{76})(?=.)/g, "$1\n")}
BUNDLE
rm site_app.py && printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:00\\nsize 1\\n' >model.bin
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.org GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.org
git init -q . && git commit -q --allow-empty -m 0 && git add .
git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),lib" && git commit -q -m 1`);
      const commit = (await bench.sh("git -C /opt/layout.git rev-parse HEAD")).trim();
      const code = { kind: "git", url: "file:///opt/layout.git", commit } as const;
      const outcome = await bench.deploy({
        app: { label: bench.label() },
        spec: { module: "site_app:application", interface: "wsgi", code },
      });
      return expectFailure(
        outcome,
        "code",
        /has no site_app\.py.*submodules, which are not fetched: lib .*pointers? of Git LFS.*model\.bin/,
      );
    },
  },
];
