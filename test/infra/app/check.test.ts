/** What is said of the applications of others before anything is created. */
import { checkApp, checkImports, type AppReport } from "../../../infra/app/check";
import { canForward } from "../../../infra/app/forwards";
import type { HostGifts } from "../../../infra/app/host-needs";
import { parseModule } from "../../../infra/app/module";
import { readTree } from "../../../infra/app/tree";
import { APP, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

interface Options {
  readonly module?: string;
  readonly interface?: "asgi" | "wsgi";
  readonly exclude?: readonly string[];
  readonly allow?: readonly string[];
  readonly pythons?: readonly string[];
  readonly runtime?: Readonly<Record<string, string>>;
  readonly given?: HostGifts;
}

function check(files: Files, options: Options = {}): AppReport {
  const tree = readTree(treeOf(files), options.exclude);
  expect(tree.problems).toEqual([]);
  const module = parseModule(options.module ?? "ml_gateway.app:app", options.interface);
  if (module === undefined) throw new Error(`the test's module has no such form: ${options.module}`);
  return checkApp(tree, {
    project: "ml-gateway",
    key: "app.path",
    module,
    allow: options.allow ?? [],
    pythons: options.pythons ?? [],
    runtime: options.runtime ?? {},
    given: options.given ?? { packages: [], allow: [], pythons: [] },
  });
}

const requirements = (text: string, more: Files = {}): Files => ({ ...APP, "requirements.txt": text, ...more });
const PINNED = APP["requirements.txt"];
/** One line each, with a version and a hash. */
const hashedLines = (...names: string[]): string => names.map((name) => `${name}==1 --hash=sha256:${"2".repeat(64)}\n`).join("");
const FASTAPI = APP["ml_gateway/app.py"];
const FACTORY = 'from fastapi import FastAPI\n\n\ndef create_app(name: str = "x"):\n    application = FastAPI()\n    return application\n';
const FLASK = "from flask import Flask\n\napp = Flask(__name__)\n";
const only = (path: string, source: string): Files => ({ "requirements.txt": PINNED, [path]: source });

test("says nothing of an application that is in order", () => {
  expect(check(APP)).toEqual({ problems: [], notices: [], allowed: [] });
});

test("lines that do install are not refused", () => {
  const lines = `--prefer-binary\n--only-binary :all:\npywin32==306; sys_platform == "win32"\ndataclasses; python_version < "3.7"\nb @ git+https://example.org/a/b.git@${"a".repeat(40)}\nfastapi==0.162.5.0\n`;
  expect(check(requirements(PINNED + lines)).problems).toEqual([]);
});

test.each([
  ["the keys", "lightgbm==4.6.0\nonnxruntime==1.23.2\n", { packages: ["libgomp1"], allow: ["proc"], pythons: ["3.10"] }],
  [
    "an image of one's own, and a version without the need",
    "lightgbm==4.6.0\nonnxruntime==1.26.0\n",
    { packages: undefined, allow: [], pythons: [] },
  ],
])("what packages need of the host is not asked for with %s", (_what, text, given) => {
  expect(check(requirements(PINNED + text), { given }).problems).toEqual([]);
});

/** Each has exactly one problem, with its key in front. */
const PROBLEMS: [title: string, files: Files, options: Options, message: RegExp][] = [
  [
    "no list of packages",
    { "ml_gateway/app.py": FASTAPI },
    {},
    /^ml-gateway:app\.path: has neither requirements\.txt nor pyproject\.toml.*; write requirements\.txt with uvicorn/,
  ],
  ["Pipenv", { "ml_gateway/app.py": FASTAPI, Pipfile: "" }, {}, /found Pipfile: run `pipenv requirements > requirements\.txt`$/],
  [
    "a list in a folder",
    { "ml_gateway/app.py": FASTAPI, "backend/requirements.txt": "x" },
    {},
    /found backend\/requirements\.txt: give its folder as app\.path/,
  ],
  [
    "a list in capitals",
    { "ml_gateway/app.py": FASTAPI, "Requirements.txt": "x" },
    {},
    /found Requirements\.txt: name it requirements\.txt, in lower case$/,
  ],
  [
    "the table of pip list",
    requirements("Package Version\n------- ----\nfastapi 1\nuvicorn 1\n"),
    {},
    /requirements\.txt: is the table that pip list prints/,
  ],
  ...(
    [
      ["--frobnicate", /found "--frobnicate", which is no option of a requirements file/],
      ["http://example.org/x-1-py3-none-any.whl", /is fetched by http:\/\/, so the package would come unprotected; write https/],
      ["git+ssh://git@example.org/a/b.git", /is fetched by ssh, and the hosts have no key/],
      ["b @ git+https://token@example.org/a/b.git", /holds a user or a password in its address/],
      ["b @ git+https://${TOKEN}@example.org/a/b.git", /names a variable in its address, which no host has/],
      ["hg+https://example.org/a/b", /is fetched by hg, which the hosts do not have/],
      ["sklearn", /names sklearn, which installs nothing; write scikit-learn$/],
      ["python>=3.10", /names python, which no package is/],
      ["sqlite3", /names sqlite3, which is a part of Python/],
      ["pywin32==306", /names pywin32, which is for another system/],
      ["a==1 --hash=sha256:abc", /has the hash "sha256:abc", which is none that pip takes; write --hash=sha256: and its 64/],
      ["fastapi==0.1", /asks for fastapi==0\.1, and requirements\.txt:1 for ==0\.162\.5; keep one/],
    ] as const
  ).map(([line, message]): (typeof PROBLEMS)[number] => [
    `a line that does not install: ${line}`,
    requirements(`${PINNED}${line}\n`),
    {},
    message,
  ]),
  [
    "a uvicorn without what it is started with",
    requirements("fastapi==1\nuvicorn==0.20.0\npython-dotenv==1\n"),
    {},
    /asks for uvicorn 0\.20\.0, .*; write 0\.22 or a later version$/,
  ],
  [
    "a password in pip's own settings",
    { ...APP, "pip.conf": "[global]\nindex-url = https://me:hunter2@pypi.corp/simple\n" },
    {},
    /pip\.conf holds a password of a package index/,
  ],
  ["conda", { "ml_gateway/app.py": FASTAPI, "environment.yml": "x" }, {}, /found environment\.yml: conda is not used/],
  [
    "a folder of lists",
    { "ml_gateway/app.py": FASTAPI, "requirements/prod.txt": "x" },
    {},
    /found requirements\/prod\.txt: write requirements\.txt with the line `-r requirements\/prod\.txt`$/,
  ],
  ["setup.py alone", { "ml_gateway/app.py": FASTAPI, "setup.py": "x" }, {}, /found setup\.py: write its install_requires/],
  [
    "an empty list",
    requirements("# later\n\n"),
    {},
    /^ml-gateway:app\.path: requirements\.txt: names no package; at least uvicorn and python-dotenv/,
  ],
  [
    "no server",
    requirements("fastapi==1\npandas==2\n"),
    {},
    /requirements\.txt: brings no uvicorn and no python-dotenv, .*; add uvicorn and python-dotenv$/,
  ],
  ["no python-dotenv", requirements("fastapi==1\nuvicorn==2\n"), {}, /requirements\.txt: brings no python-dotenv/],
  [
    "a missing include",
    requirements(`${PINNED}-r base.txt\n`),
    {},
    /requirements\.txt:4: names base\.txt, which the application does not have/,
  ],
  [
    "a requirements file that includes itself",
    requirements(`${PINNED}-r requirements.txt\n`),
    {},
    /requirements\.txt:4: includes itself, and pip would go round in a circle; remove the line$/,
  ],
  [
    "one that leads to itself",
    requirements(`${PINNED}-r base.txt\n`, { "base.txt": "-c requirements.txt\n" }),
    {},
    /base\.txt:1: includes requirements\.txt, which leads to it again, .*; remove the line$/,
  ],
  [
    "an include out of the folder",
    requirements(`${PINNED}-r ../base.txt\n`),
    {},
    /requirements\.txt:4: names \.\.\/base\.txt, which is outside/,
  ],
  [
    "an editable install",
    requirements(`${PINNED}-e .\n`),
    {},
    /requirements\.txt:4: found "-e \."; an editable install points back .* Remove the line/,
  ],
  [
    "an editable install in an included file",
    requirements(`-r r/a.txt\n${PINNED}`, { "r/a.txt": "x==1\n--editable=src/lib\n" }),
    {},
    /r\/a\.txt:2: found "--editable=src\/lib"/,
  ],
  [
    "the application as a package",
    requirements(`${PINNED}.\n`),
    {},
    /requirements\.txt:4: names \., a folder that would have to be built on the host; remove the line/,
  ],
  [
    "a folder of the tree as a package",
    requirements(`${PINNED}./libs/x\n`, { "libs/x/setup.py": "" }),
    {},
    /names \.\/libs\/x, a folder .*pip wheel --no-deps \.\/libs\/x/,
  ],
  [
    "a wheel that is not there",
    requirements(`${PINNED}./w/x-1-py3-none-any.whl\n`),
    {},
    /names \.\/w\/x-1-py3-none-any\.whl, which the application does not have/,
  ],
  [
    "an index without TLS",
    requirements(`--index-url http://pypi.corp/simple\n${PINNED}`),
    {},
    /requirements\.txt:1: --index-url is no https:\/\/ address without credentials, so packages would come unprotected/,
  ],
  [
    "an index with a password",
    requirements(`-i https://u:secret@pypi.corp/simple\n${PINNED}`),
    {},
    /^(?!.*secret@).*a password would lie in the code/,
  ],
  ["a host without certificate", requirements(`--trusted-host pypi.corp\n${PINNED}`), {}, /switches the check of certificates off/],
  [
    "another version than the models need",
    requirements(`${PINNED}scikit_learn==1.6.0\n`),
    { runtime: { "scikit-learn": "1.7.2" } },
    /requirements\.txt:4: asks for scikit-learn==1\.6\.0, and the models were made with scikit-learn 1\.7\.2 .* Write scikit-learn==1\.7\.2/,
  ],
  [
    "a range without the version",
    requirements(`${PINNED}numpy>=1.26,<2\n`),
    { runtime: { numpy: "2.2.6" } },
    /asks for numpy>=1\.26,<2, and the models were made with numpy 2\.2\.6/,
  ],
  [
    "a constraint against the models",
    requirements(`-c c.txt\nnumpy\n${PINNED}`, { "c.txt": "numpy==1.26.4\n" }),
    { runtime: { numpy: "2.2.6" } },
    /c\.txt:1: asks for numpy==1\.26\.4/,
  ],
  [
    "a package that needs a system library",
    requirements(`${PINNED}LightGBM==4.6.0\n`),
    {},
    /requirements\.txt:4: asks for lightgbm, which loads the system library libgomp\.so\.1.*; add libgomp1 to ml-gateway:backend\.packages/,
  ],
  [
    "a package that the sandbox stops, in an included file",
    requirements(`${PINNED}-r more.txt\n`, { "more.txt": "onnxruntime==1.23.2\n" }),
    { given: { packages: undefined, allow: ["jit"], pythons: [] } },
    /more\.txt:1: asks for onnxruntime, which reads \/proc\/cpuinfo.*; add proc to ml-gateway:sandbox\.allow$/,
  ],
  [
    "any version of it, and a Python for which there is no newer one",
    requirements(`${PINNED}onnxruntime>=1.20\n`),
    { given: { packages: [], allow: [], pythons: ["3.10"] } },
    /requirements\.txt:4: asks for onnxruntime, which reads/,
  ],
  [
    "Poetry",
    { "ml_gateway/app.py": FASTAPI, "pyproject.toml": '[tool.poetry]\nname = "x"\n' },
    {},
    /pyproject\.toml: has \[tool\.poetry\] and no \[project\] table.*`poetry export -f requirements\.txt -o requirements\.txt`/,
  ],
  [
    "dependencies of a build",
    { "ml_gateway/app.py": FASTAPI, "pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n' },
    {},
    /leaves its dependencies to a build/,
  ],
  ["no TOML", { "ml_gateway/app.py": FASTAPI, "pyproject.toml": "[project]\nname = \n" }, {}, /pyproject\.toml:2: is not valid TOML/],
  [
    "a project without uvicorn",
    { "ml_gateway/app.py": FASTAPI, "pyproject.toml": '[project]\nname = "x"\ndependencies = ["fastapi"]\n' },
    {},
    /pyproject\.toml: brings no uvicorn and no python-dotenv/,
  ],
  [
    "another Python than a host has",
    {
      "ml_gateway/app.py": FASTAPI,
      "pyproject.toml":
        '[project]\nname = "x"\nrequires-python = ">= 3.11, <4"\ndependencies = ["fastapi==1", "uvicorn==1", "python-dotenv==1"]\n',
    },
    { pythons: ["3.12.3", "3.10.12"] },
    /pyproject\.toml: wants Python >= 3\.11, <4 \(requires-python\), and a host has 3\.10\.12; change requires-python, or give/,
  ],
  [
    "a module of another name",
    only("main.py", FASTAPI),
    {},
    /^ml-gateway:app\.module: "ml_gateway\.app:app" names ml_gateway\/app\.py, which the application does not have .*; found FastAPI in main\.py: write ml-gateway:app\.module: main:app$/,
  ],
  ["a module below src", only("src/pkg/main.py", FASTAPI), {}, /write ml-gateway:app\.module: pkg\.main:app$/],
  [
    "a factory",
    only("pkg/main.py", FACTORY),
    {},
    /found FastAPI in pkg\/main\.py: write ml-gateway:app\.module: pkg\.main:create_app\(\)$/,
  ],
  [
    "another attribute",
    only("ml_gateway/app.py", "from fastapi import FastAPI\napi = FastAPI()\n"),
    {},
    /names app, and ml_gateway\/app\.py has no such name; found FastAPI in ml_gateway\/app\.py: write ml-gateway:app\.module: ml_gateway\.app:api$/,
  ],
  [
    "a name in a comment and in a string only",
    only("ml_gateway/app.py", '"""app"""\n# app = 1\nx = "app"\n'),
    {},
    /has no such name; no application was found in it \(it has ml_gateway\/app\.py\)/,
  ],
  [
    "a page of Streamlit",
    only("ml_gateway/app.py", "import streamlit as st\nst.title('x')\n"),
    {},
    /no application was found in it, but Streamlit in ml_gateway\/app\.py, which brings a server of its own .*; write the application with FastAPI/,
  ],
  [
    "a page of Gradio",
    only("ml_gateway/app.py", "import gradio as gr\ndemo = gr.Interface()\ndemo.launch()\n"),
    {},
    /but Gradio in ml_gateway\/app\.py.* write app = gr\.mount_gradio_app\(FastAPI\(\), the page, path="\/"\) without launch\(\)/,
  ],
  ["a name inside a function only", only("ml_gateway/app.py", "def run():\n    app = 1\n    return app\n"), {}, /has no such name/],
  [
    "an application that is no function",
    APP,
    { module: "ml_gateway.app:app()" },
    /"app\(\)" is no function of ml_gateway\/app\.py, but the application itself; write ml-gateway:app\.module: ml_gateway\.app:app$/,
  ],
  [
    "a factory that has to be given something",
    only("ml_gateway/app.py", FACTORY.replace('name: str = "x"', "name: str, *, debug: bool = False")),
    { module: "ml_gateway.app:create_app()" },
    /create_app of ml_gateway\/app\.py has to be given name, and uvicorn calls it without anything; give it a default/,
  ],
  [
    "Flask",
    only("ml_gateway/app.py", FLASK),
    {},
    /^ml-gateway:app\.interface: ml_gateway\/app\.py makes the application with Flask, which is WSGI and no ASGI; write ml-gateway:app\.interface: wsgi$/,
  ],
  [
    "FastAPI as WSGI",
    APP,
    { interface: "wsgi" },
    /app\.interface: found "wsgi", and ml_gateway\/app\.py makes the application with FastAPI, which is ASGI; remove the key$/,
  ],
  [
    "a pointer of Git LFS",
    { ...APP, "m.dat": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n" },
    {},
    /m\.dat is a pointer of Git LFS .* `git lfs pull`/,
  ],
  [
    "a place on the machine where the list was made",
    requirements(`${PINNED}certifi @ file:///croot/certifi_1700501669400/work/certifi\n`),
    {},
    /requirements\.txt:4: names \/croot\/certifi_\d+\/work\/certifi, a place on .*; write certifi==VERSION \(`pip list --format=freeze` shows it\)$/,
  ],
  [
    "what is no package",
    requirements(`${PINNED}pkg-resources==0.0.0\n`),
    {},
    /requirements\.txt:4: names pkg-resources, .*; remove the line$/,
  ],
  [
    "an attribute of a name that is not there",
    only("m.py", "server = 1\n"),
    { module: "m:serve.app" },
    /app\.module: "m:serve\.app" names serve, and m\.py has no such name/,
  ],
  [
    ".env",
    { ...APP, ".env": "A=b\n" },
    { allow: [".env"] },
    /^ml-gateway:app\.path: \.env would be packed with the code; give its values in env and secretEnv, .* \.gitignore or app\.exclude$/,
  ],
];

const SAMPLE = { numpy: "2.2.6", "scikit-learn": "1.7.2" };

test.each([
  ["web packages alone", "", ["numpy==2.2.6", "scikit-learn==1.7.2"]],
  ["one that brings the other", "scikit-learn==1.7.2\n", []],
  ["one that brings a part", "pandas==2.3.3\n", ["scikit-learn==1.7.2"]],
  ["one of two", "numpy==2.2.6\n", ["scikit-learn==1.7.2"]],
])("packages that the models need, with %s", (_title, more, missing) => {
  const { problems, notices } = check(requirements(PINNED + more), { runtime: SAMPLE });
  const named = `brings no ${missing.join(" and no ")}, which the models need`;
  expect(problems).toEqual(missing.length === 0 ? [] : [expect.stringContaining(named)]);
  expect(notices).toEqual([]);
});

const imported = (name: string, text: string): ReturnType<typeof checkImports> =>
  checkImports(readTree(treeOf(requirements(text))), { others: [{ path: "main.py", line: 3, name }], websocket: null }, true);

test.each<[name: string, packages: string, says: string | undefined]>([
  ["redis", PINNED, "imports redis, and requirements.txt brings no such package, so the service could not start; add redis to it"],
  ["yaml", PINNED, "imports yaml (package pyyaml), and requirements.txt brings no"],
  ["sklearn", `${PINNED}pandas==2.3.3\n`, "imports sklearn (package scikit-learn), and"],
  ["fastapi.UploadFile", PINNED, "imports fastapi.UploadFile (package python-multipart), and"],
  [
    "fastapi.Form",
    `${PINNED}pillow==11.0.0\naiosqlite==0.20.0\nbeautifulsoup4==4.12.3\n`,
    "imports fastapi.Form (package python-multipart), and",
  ],
  ["fastapi.UploadFile", "fastapi[standard]==0.115.0\n", undefined],
  ["yaml", "fastapi==0.115.0\nuvicorn[standard]==0.54.0\n", undefined],
  ["numpy", `${PINNED}scikit-learn==1.7.2\n`, undefined],
  ["something_else", PINNED, undefined],
])("an import of %s with the packages %j", (name, packages, says) => {
  const expected = says === undefined ? [] : [expect.stringContaining(`main.py, line 3: ${says}`)];
  expect(imported(name, packages)).toEqual({ problems: expected, notices: [] });
});

test("an import of what another package may bring is a notice", () => {
  expect(imported("redis", `${PINNED}shop-cache==1\n`)).toEqual({
    problems: [],
    notices: ["main.py, line 3: imports redis, and requirements.txt does not name it; add redis to it, unless another package brings it"],
  });
});

test("a package that may bring what the models need is a notice, one of the web is none", () => {
  const { problems, notices } = check(requirements(`${PINNED}shop-models==3\n`), { runtime: { numpy: "2.2.6" } });
  expect(problems).toEqual([]);
  expect(notices).toEqual([
    expect.stringMatching(/does not name numpy==2\.2\.6, .* unless another package brings exactly that, .*none\.json$/),
  ]);
  expect(check(requirements(PINNED), { runtime: {} }).notices).toEqual([]);
});

test.each(PROBLEMS)("%s", (_, files, options, message) => {
  const { problems } = check(files, options);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(message);
  expect(problems[0]).not.toMatch(/\^|ENOENT|undefined|\n/);
});

test("two mistakes are two messages, at once", () => {
  expect(check({ "main.py": FASTAPI, "requirements.txt": "-e .\nnumpy\n" }).problems.map((text) => text.split(": ", 1)[0])).toEqual([
    "ml-gateway:app.path",
    "ml-gateway:app.module",
  ]);
});

const PEM = `-----BEGIN ${"PRIVATE"} KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(4)}\n-----END ${"PRIVATE"} KEY-----\n`;

describe("a file that looks like a secret stops the deployment and is named by its path", () => {
  test.each<[path: string, text: string]>([
    ["keys/server.pem", PEM],
    ["ml_gateway/settings.py", `KEY = """${PEM}"""\n`],
    [".netrc", "machine x login y password z\n"],
    [".pypirc", "[pypi]\npassword = x\n"],
    [".streamlit/secrets.toml", 'db = "x"\n'],
    ["config/kubeconfig", "apiVersion: v1\n"],
    ["cluster.yaml", "apiVersion: v1\nkind: Config\nusers:\n- user:\n    client-key-data: AAAA\n"],
    ["gcp.json", '{ "type": "service_account", "private_key": "x" }'],
    ["credentials.json", "{}x"],
    [".aws/credentials", "[default]\nx = y\n"],
    ["conf/aws.ini", "[default]\naws_secret_access_key = abcd\n"],
    [".npmrc", "//registry.npmjs.org/:_authToken=abcd\n"],
    ["prod/.env", "A=b\n"],
    ["id_ed25519", "x\n"],
    ["notes.md", `token ghp_${"a1B2".repeat(9)}\n`],
  ])("%s", (path, text) => {
    const files = { ...APP, [path]: text };
    const { problems } = check(files);
    expect(problems).toEqual([expect.stringContaining(`ml-gateway:app.path: ${path} holds `)]);
    expect(problems[0]).toMatch(/\(\.gitignore or app\.exclude\), or, if it belongs to the application, name it in app\.allow$/);
    expect(problems[0]).not.toContain("abcd");
    expect(check(files, { exclude: [path] })).toMatchObject({ problems: [], allowed: [] });
    expect(check(files, { allow: [path] })).toMatchObject({ problems: [], allowed: [{ path }] });
    expect(check({ ...files, ".gitignore": `/${path}\n` }).problems).toEqual([]);
  });

  test("and one that only shows the form does not", () => {
    const harmless = {
      ".env.example": "SECRET_KEY=\n",
      "certs/ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "ml_gateway/secrets.py": "import os\n",
      "ml_gateway/token.json.j2": "x",
      "deploy/values.yaml": "kind: Config\n",
    };
    expect(check({ ...APP, ...harmless }).problems).toEqual([]);
  });
});

test.each<[title: string, files: Files, notice: RegExp]>([
  [
    "packages without versions",
    requirements("fastapi\nuvicorn[standard]>=0.30\nnumpy==2.2.6\n"),
    /requirements\.txt: fastapi, uvicorn have no exact version, so the next set-up may install another one .* NAME==VERSION/,
  ],
  ["a branch of a repository", requirements(`${PINNED}x @ git+https://github.com/a/x@main\n`), /: x has no exact version/],
  [
    "perhaps no server",
    requirements("some-framework==1\n"),
    /does not name uvicorn and python-dotenv, .* unless another package brings it/,
  ],
  ["a large model", { ...APP, "models/big.pkl": "x".repeat(300_000) }, /models\/big\.pkl \(293 KiB\) looks like a model .* manifest/],
])("warns of %s", (_, files, notice) => {
  const { problems, notices } = check(files);
  expect(problems).toEqual([]);
  expect(notices).toEqual([expect.stringMatching(notice)]);
  expect(notices[0]).toMatch(/^ml-gateway:app\.path: /);
});

test.each<[title: string, files: Files, options: Options]>([
  [
    "includes and constraints",
    requirements("-r r/base.txt\n-c r/pins.txt\nnumpy\n", {
      "r/base.txt": "-r more.txt\nuvicorn==1\n",
      "r/more.txt": "python-dotenv==1\n",
      "r/pins.txt": "numpy==2\n",
    }),
    {},
  ],
  [
    "hashes over several lines",
    requirements(
      `uvicorn==1 \\\n    --hash=sha256:${"0".repeat(64)} \\\n    --hash=sha256:${"1".repeat(64)}\n${hashedLines("python-dotenv", "click", "h11")}`,
    ),
    {},
  ],
  ["a wheel of the tree", requirements(`${PINNED}./wheels/x-1-py3-none-any.whl\n`, { "wheels/x-1-py3-none-any.whl": "" }), {}],
  ["wheels in a folder", requirements(`--find-links=wheels/\n${PINNED}`, { "wheels/x-1-py3-none-any.whl": "" }), {}],
  ["another index by https", requirements(`--extra-index-url https://download.pytorch.org/whl/cpu\n${PINNED}`), {}],
  ["a commit of a repository", requirements(`${PINNED}x @ git+https://github.com/a/x@${"a".repeat(40)}\n`), {}],
  [
    "versions for two Pythons",
    requirements(`${PINNED}numpy==2.2.6; python_version < "3.11"\nnumpy==2.4.0; python_version >= "3.11"\n`),
    { runtime: { numpy: "2.2.6" } },
  ],
  [
    "a range with the version",
    requirements(`${PINNED}numpy>=2,<3\n-c c.txt\n`, { "c.txt": "numpy==2.2.6\n" }),
    { runtime: { numpy: "2.2.6" } },
  ],
  ["a windows file", requirements(PINNED.replaceAll("\n", "\r\n")), {}],
  ["links to a file and to a folder", { ...APP, "data/a.txt": "x\n", b: { link: "data/a.txt" }, c: { link: "data" } }, {}],
  ["a package as a module", only("pkg/__init__.py", FASTAPI), { module: "pkg:app" }],
  ["a module below src", only("src/pkg/main.py", FASTAPI), { module: "pkg.main:app" }],
  ["a factory", only("pkg/main.py", FACTORY), { module: "pkg.main:create_app()" }],
  ["a factory that uvicorn finds out itself", only("pkg/main.py", FACTORY), { module: "pkg.main:create_app" }],
  ["Flask by the adapter", only("m.py", FLASK), { module: "m:app", interface: "wsgi" }],
  ["Flask in an ASGI wrapper", only("m.py", `${FLASK.replace("app =", "flask_app =")}app = WsgiToAsgi(flask_app)\n`), { module: "m:app" }],
  ["Django", only("site/asgi.py", "application = get_asgi_application()\n"), { module: "site.asgi:application" }],
  ["a name that is imported", only("m.py", "from pkg.core import (\n    build,\n    app,\n)\n"), { module: "m:app" }],
  ["a name behind a star", only("m.py", "from pkg.core import *\n"), { module: "m:app" }],
  ["a name in a branch", only("m.py", "try:\n    import x\nexcept ImportError:\n    app = 1\n"), { module: "m:app" }],
  ["an attribute of an object", only("m.py", "server = Server()\n"), { module: "m:server.app" }],
  ["a name in a tuple", only("m.py", "api, app = make()\n"), { module: "m:app" }],
  ["a name that a function makes global", only("m.py", "def go():\n    global app\n    app = 1\ngo()\n"), { module: "m:app" }],
  ["an annotated name", only("m.py", "app: FastAPI = FastAPI()\n"), { module: "m:app" }],
  ["an ASGI function", only("m.py", "async def app(scope, receive, send):\n    pass\n"), { module: "m:app" }],
])("takes %s", (_, files, options) => {
  expect(check(files, options)).toEqual({ problems: [], notices: [], allowed: [] });
});

describe("whether an application can forward", () => {
  const forwards = (files: Files, settings: readonly string[] = []): boolean => canForward(readTree(treeOf(files)), settings);
  const py = (text: string): Files => ({ ...APP, "ml_gateway/settings.py": text });

  test.each<[string, Files, string[]]>([
    ["the variable", py('import os\nBACKEND = os.environ["UPSTREAM_URL"]\n'), []],
    ["a settings class, which folds the case", py("class Settings(BaseSettings):\n    upstream_url: str = ''\n"), []],
    ["the backend's name in a file of settings", { ...APP, "settings.toml": 'backend = "http://backend.internal:9000"\n' }, []],
    ["a variable of its own", APP, ["http://backend.internal:9000"]],
  ])("%s", (_what, files, settings) => {
    expect(forwards(files, settings)).toBe(true);
  });

  test("nothing that says where the backend is, or only in what is no code", () => {
    expect(forwards(APP, ["info"])).toBe(false);
    expect(forwards({ ...APP, "README.md": "UPSTREAM_URL" })).toBe(false);
  });
});

test.each<[title: string, text: string, files: Files, certain: boolean | undefined, says: RegExp]>([
  [
    "hashes are demanded",
    `--require-hashes\n${hashedLines("fastapi", "uvicorn", "python-dotenv", "starlette")}`,
    {},
    true,
    /^ml-gateway:app\.path: requirements\.txt: has --require-hashes, .* it lacks pydantic, typing-extensions, click, h11, anyio \(fastapi, uvicorn, starlette ask for them\); write the whole list/,
  ],
  [
    "hashes are there",
    hashedLines("uvicorn", "python-dotenv", "click"),
    {},
    false,
    /has hashes, and lacks h11 \(uvicorn asks for it\): uv installs/,
  ],
  [
    "there is no index",
    "--no-index\n--find-links wheels\nuvicorn==1\npython-dotenv==1\n",
    { "wheels/uvicorn-1-py3-none-any.whl": "", "wheels/h11-1-py3-none-any.whl": "" },
    true,
    /has --no-index, .* none of click \(uvicorn asks for it\); add the wheels/,
  ],
  [
    "all is there",
    "--no-index\n--find-links wheels\nuvicorn==1\npython-dotenv==1\n",
    { "wheels/uvicorn-1-py3-none-any.whl": "", "wheels/h11-1-py3-none-any.whl": "", "wheels/click-8-py3-none-any.whl": "" },
    undefined,
    /^$/,
  ],
])("a list that has to be whole, where %s", (_, text, files, certain, says) => {
  const { problems, notices } = check(requirements(text, files), {});
  expect(problems).toEqual(certain === true ? [expect.stringMatching(says)] : []);
  expect(notices).toEqual(certain === false ? [expect.stringMatching(says)] : []);
  const elsewhere = check(requirements(text, files), { given: { packages: [], allow: [], pythons: [], elsewhere: true } });
  expect(elsewhere.problems.length).toBe(certain === true && text.includes("hashes") ? 1 : 0);
});

test("a WebSocket and the packages for it", () => {
  const said = (text: string, certain = true) =>
    checkImports(readTree(treeOf(requirements(text))), { others: [], websocket: { path: "main.py", line: 7, certain } }, true);
  expect(said("fastapi==1\nuvicorn==1\n").problems).toEqual([
    expect.stringMatching(/^main\.py, line 7: answers a WebSocket, and requirements\.txt brings neither .*; write uvicorn\[standard\]/),
  ]);
  expect(said("fastapi==1\nuvicorn==1\nunknown-package==1\n")).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/unless another package brings it or nothing asks for it$/)],
  });
  expect(said("fastapi==1\nuvicorn==1\n", false)).toMatchObject({ problems: [], notices: [expect.stringMatching(/answers a WebSocket/)] });
  expect(said("fastapi==1\nuvicorn[standard]==1\n")).toEqual({ problems: [], notices: [] });
  expect(said("fastapi==1\nuvicorn==1\nwsproto==1\n")).toEqual({ problems: [], notices: [] });
});

test.each<[requirements: string, refused: boolean | undefined]>([
  ["pydantic==2.10.1\nuvicorn[standard]==1\n", true],
  ["pydantic==1.10.13\nuvicorn[standard]==1\n", undefined],
  ["pydantic<2\nuvicorn[standard]==1\n", undefined],
  ["pydantic>=2\nuvicorn[standard]==1\n", false],
  ["fastapi==0.115.5\nuvicorn[standard]==1\n", false],
])("a name that a package no longer has, with %j", (text, refused) => {
  const others = [{ path: "settings.py", line: 1, name: "pydantic.BaseSettings" }];
  const { problems, notices } = checkImports(readTree(treeOf(requirements(text))), { others, websocket: null }, true);
  const said = [expect.stringMatching(/^settings\.py, line 1: imports pydantic\.BaseSettings, .*pydantic_settings/)];
  expect(problems).toEqual(refused === true ? said : []);
  expect(notices.filter((one) => one.includes("BaseSettings"))).toEqual(refused === false ? said : []);
});
