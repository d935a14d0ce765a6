/** Where the application comes from, its folder, and the manifest of the models. */
import { instead, plus, type Case } from "./bad-file-cases";

const app = (...lines: readonly string[]) => instead("    path: templates/sample-app", lines.map((line) => `    ${line}`).join("\n"));
const SAMPLE = "path: templates/sample-app";
const DIGEST = "e".repeat(64);
const COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8";

const SOURCES: readonly Case[] = [
  ["no application", (good) => good.replace(/ {2}ml-gateway:app:[^]*$/, ""), /^ml-gateway:app: missing\. Where the application comes from/],
  ["a misspelt source", app("pth: templates/sample-app"), /^ml-gateway:app\.pth: unknown key; did you mean "path"\?/],
  ["an empty path", app("path: ''"), /^ml-gateway:app\.path: found an empty text/],
  ["a path as a list", app("path: [templates]"), /^ml-gateway:app\.path: found the list \[templates\]/],
  [
    "a path with a blank at its end",
    app("path: 'templates/sample-app '"),
    /^ml-gateway:app\.path: "templates\/sample-app " is not a folder; .*did you mean templates\/sample-app\?/,
  ],
  ["a path of Windows", app("path: templates\\sample-app"), /^ml-gateway:app\.path: .*did you mean templates\/sample-app\?/],
  ["a path in a home", app("path: ~/none"), /^ml-gateway:app\.path: .* is not a folder; .*~ and variables are not looked up here/],
  ["a path to a file", app("path: Pulumi.yaml"), /^ml-gateway:app\.path: Pulumi\.yaml is not a folder/],
  ["the project itself", app("path: ."), /^ml-gateway:app\.path: found "\.", which is this project's own folder/],
  [
    "two sources",
    app(SAMPLE, "bundle: { uri: s3://bucket/a.tgz, sha256: " + DIGEST + " }"),
    /^ml-gateway:app: found path and bundle; give exactly one/,
  ],
  ["git as an address", app("git: https://example.org/a.git"), /^ml-gateway:app\.git: found "https:\/\/example\.org\/a\.git"/],
  [
    "git without a commit",
    app("git: { url: https://example.org/a.git }"),
    /^ml-gateway:app\.git\.commit: missing\. .* Write the full commit hash/,
  ],
  ["git with a tag", app("git: { url: https://example.org/a.git, commit: v1.2 }"), /^ml-gateway:app\.git\.commit: found "v1\.2"/],
  [
    "git with a commit in capitals",
    app(`git: { url: https://example.org/a.git, commit: ${COMMIT.toUpperCase()} }`),
    new RegExp(`^ml-gateway:app\\.git\\.commit: .* did you mean ${COMMIT}\\?`),
  ],
  ["git over SSH", app(`git: { url: 'git@example.org:a.git', commit: ${COMMIT} }`), /^ml-gateway:app\.git\.url: .* needs an SSH key/],
  [
    "git with a token",
    app(`git: { url: 'https://hunter2@example.org/a.git', commit: ${COMMIT} }`),
    /^ml-gateway:app\.git\.url: holds credentials/,
  ],
  ["a bundle as an address", app("bundle: s3://bucket/a.tgz"), /^ml-gateway:app\.bundle: found "s3:\/\/bucket\/a\.tgz"/],
  [
    "a bundle over https",
    app(`bundle: { uri: 'https://b.s3.amazonaws.com/a.tgz', sha256: ${DIGEST} }`),
    /^ml-gateway:app\.bundle\.uri: found "https/,
  ],
  [
    "a bundle with half a digest",
    app("bundle: { uri: s3://bucket/a.tgz, sha256: abc }"),
    /^ml-gateway:app\.bundle\.sha256: found "abc"; write 64 hex digits/,
  ],
  [
    "a bundle whose file is not there",
    app(`bundle: { uri: s3://bucket/a.tgz, sha256: ${DIGEST}, file: build/a.tgz }`),
    /^ml-gateway:app\.bundle\.file: build\/a\.tgz cannot be read: there is no such file or folder; check the path$/,
  ],
  [
    "a bundle whose file is another one",
    app(`bundle: { uri: s3://bucket/a.tgz, sha256: ${DIGEST}, file: Pulumi.yaml }`),
    /^ml-gateway:app\.bundle\.file: Pulumi\.yaml is no tar\.gz \(or was cut off\); make it with/,
  ],
  [
    "a clone that is none",
    app(`git: { url: https://example.org/a.git, commit: ${COMMIT}, clone: models-manifest }`),
    /^ml-gateway:app\.git\.clone: models-manifest is no git repository/,
  ],
  [
    "a clone with a NUL in its name",
    app(`git: { url: https://example.org/a.git, commit: ${COMMIT}, clone: "a\\0b" }`),
    /^ml-gateway:app\.git\.clone: .* has a NUL character, which no path has; write it anew$/,
  ],
  [
    "a bundle with a NUL in its name",
    app(`bundle: { uri: s3://bucket/a.tgz, sha256: ${DIGEST}, file: "a\\0b" }`),
    /^ml-gateway:app\.bundle\.file: .*NUL character, which no path has; write it anew$/,
  ],
  ["a path with a NUL", app('path: "a\\0b"'), /^ml-gateway:app\.path: .*NUL character, which no path has; write it anew$/],
  [
    "a clone as a number",
    app(`git: { url: https://example.org/a.git, commit: ${COMMIT}, clone: 7 }`),
    /^ml-gateway:app\.git\.clone: found 7; put quotes/,
  ],
  [
    "a module as a file",
    app(SAMPLE, "module: ml_gateway/app.py"),
    /^ml-gateway:app\.module: .*; write ml_gateway\.app:app \(app being the name of the application in it\)$/,
  ],
  [
    "a module that is not there",
    app(SAMPLE, "module: ml_gateway.main:app"),
    /^ml-gateway:app\.module: .* names ml_gateway\/main\.py, which the application does not have/,
  ],
  ["a name that the module lacks", app(SAMPLE, "module: ml_gateway.app:api"), /^ml-gateway:app\.module: .* has no such name/],
  ["a module as a number", app(SAMPLE, "module: 7"), /^ml-gateway:app\.module: found 7; put quotes around it/],
  ["an interface in capitals", app(SAMPLE, "interface: WSGI"), /^ml-gateway:app\.interface: found "WSGI"; did you mean wsgi\?/],
  ["requirements of settings as a text", app(SAMPLE, "requires: DATABASE_URL"), /^ml-gateway:app\.requires: .* a list is needed/],
  ["a setting's name with a hyphen", app(SAMPLE, "requires: [database-url]"), /^ml-gateway:app\.requires\[0\]: found "database-url"/],
  ["patterns as a text", app(SAMPLE, "exclude: tests/"), /^ml-gateway:app\.exclude: .* a list is needed/],
  ["patterns that leave nothing", app(SAMPLE, "exclude: ['*']"), /^ml-gateway:app\.path: templates\/sample-app has no files/],
  [
    "patterns without a folder",
    app(`git: { url: https://example.org/a.git, commit: ${COMMIT} }`, "allow: [a]"),
    /^ml-gateway:app\.allow: is read only where the code can be read here/,
  ],
];

const FILES = {
  "own/main.py": "app = make()\n",
  "own/requirements.txt": "fastapi==1\nuvicorn==1\npython-dotenv==1\nscikit-learn==1.7.2\n",
};
const own = (more: Readonly<Record<string, string | Buffer>>) => Object.fromEntries(Object.entries({ ...FILES, ...more }));
const requirements = (title: string, text: string | Buffer, message: RegExp): Case => [
  `requirements: ${title}`,
  app("path: own", "module: main:app"),
  message,
  own({ "own/requirements.txt": text }),
];

const FOLDERS: readonly Case[] = [
  requirements("empty", "", /^ml-gateway:app\.path: requirements\.txt: names no package/),
  requirements("bytes", Buffer.from([0, 1, 2]), /^ml-gateway:app\.path: requirements\.txt: is not a text file in UTF-8/),
  requirements(
    "UTF-16",
    Buffer.from("\ufefffastapi==1\n", "utf16le"),
    /^ml-gateway:app\.path: requirements\.txt: is not a text file in UTF-8/,
  ),
  requirements(
    "one = in place of two",
    "fastapi=1\nuvicorn==1\npython-dotenv==1\n",
    /^ml-gateway:app\.path: requirements\.txt:1: found "fastapi=1", which pip does not read/,
  ),
  requirements(
    "prose",
    "fastapi and uvicorn\nuvicorn==1\npython-dotenv==1\n",
    /^ml-gateway:app\.path: requirements\.txt:1: found "fastapi and uvicorn"/,
  ),
  requirements(
    "a file that is not there",
    "-r more.txt\nuvicorn==1\npython-dotenv==1\n",
    /^ml-gateway:app\.path: requirements\.txt:1: names more\.txt/,
  ),
  requirements(
    "a password",
    "-i https://u:hunter2@pypi.example/simple\nuvicorn==1\npython-dotenv==1\n",
    /^ml-gateway:app\.path: requirements\.txt:1: .* a password would lie in the code/,
  ),
  requirements("editable", "-e .\nuvicorn==1\npython-dotenv==1\n", /^ml-gateway:app\.path: requirements\.txt:1: .* editable install/),
  requirements(
    "nothing for the models",
    "fastapi==1\nuvicorn==1\npython-dotenv==1\n",
    /^ml-gateway:app\.path: requirements\.txt: brings no numpy==2\.2\.6 and no scikit-learn==1\.7\.2, which the models need .* write ml-gateway:models\.manifest: models-manifest\/none\.json$/,
  ),
  [
    "a folder with .env",
    app("path: own2", "module: main:app"),
    /^ml-gateway:app\.path: \.env would be packed with the code/,
    { "own2/main.py": "app = make()\n", "own2/requirements.txt": FILES["own/requirements.txt"], "own2/.env": "PIN=hunter2\n" },
  ],
];

const FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n";
const code = (title: string, main: string, message: RegExp | RegExp[], more: readonly string[] = []): Case => [
  `code: ${title}`,
  app("path: own", "module: main:app", ...more),
  message,
  own({ "own/main.py": `${main}\nUPSTREAM_URL = 1\n`, "own/requirements.txt": FILES["own/requirements.txt"] }),
];

const CODE: readonly Case[] = [
  [
    "a file with the name of Python's own module, where hosts have several workers",
    app("path: typed", "module: main:app"),
    /^ml-gateway:app\.path: types\.py, line 1: has the name of Python's own module types .* each worker of a host that has several .* Rename the file/,
    {
      "typed/main.py": 'import os\nUPSTREAM = os.environ.get("UPSTREAM_URL")\napp = make()\n',
      "typed/requirements.txt": "fastapi==1\nuvicorn==1\npython-dotenv==1\nscikit-learn==1.7.2\n",
      "typed/types.py": "KINDS = 1\n",
    },
  ],
  code("no route of health", `${FASTAPI}@app.get("/up")\ndef up():\n    return {"a": 1}\n`, [
    /^ml-gateway:health\.path: is \/health, and the application answers GET at \/up \(main\.py, line 3\) alone, so no release would serve\. /,
  ]),
  code("another answer than expected", `${FASTAPI}@app.get("/health")\ndef up():\n    return {"status": "up"}\n`, [
    /^ml-gateway:health\.body: the application answers \{"status":"up"\} at \/health .* Write ml-gateway:health\.body: '\{"status":"up"\}'$/,
  ]),
  code("a setting that neither host has", 'import os\nfrom other import make\napp = make(os.environ["SHOP_MODE"], "/health")\n', [
    /^ml-gateway:env\.SHOP_MODE: missing, and main\.py, line 3, needs it .* on the backend\. Set it: pulumi config set --path 'ml-gateway:env\.SHOP_MODE' VALUE/,
    /^ml-gateway:gateway\.env\.SHOP_MODE: missing, .* on the gateway\./,
  ]),
  code(
    "a secret that the application is said to need is asked for once",
    'import os\nfrom other import make\napp = make(os.environ.get("A"), os.environ["MODEL_PATH"], "/health")\n',
    [/^ml-gateway:app: main\.py, line 3, needs MODEL_PATH .* could not start on the gateway; write os\.environ\.get\("MODEL_PATH"\)$/],
  ),
  code("a database on the host itself", "import pymysql\npymysql.connect()\nfrom other import make\napp = make('/health')\n", [
    /^ml-gateway:app\.path: main\.py, line 2: connects to localhost:3306 \(MySQL\) when it is imported, /,
  ]),
  code("a program that no image has", "import subprocess\nsubprocess.run(['ffmpeg'])\nfrom other import make\napp = make('/health')\n", [
    /^ml-gateway:app\.path: main\.py, line 2: runs ffmpeg .* add ffmpeg to ml-gateway:backend\.packages/,
  ]),
  code(
    "a relative import of a module at the top",
    "from .shop import app\n",
    /^ml-gateway:app\.path: main\.py, line 1: has a relative import/,
  ),
];

const MANIFEST = {
  release: "r1",
  runtime: { "scikit-learn": "1.7.2" },
  files: [{ path: "m/a.json", sha256: "0".repeat(64), size: 2, required: true, role: "model", format: "json" }],
};
const manifest = (title: string, content: unknown, message: RegExp): Case => [
  `a manifest: ${title}`,
  plus("ml-gateway:models: { manifest: m/manifest.json }"),
  message,
  { "m/manifest.json": typeof content === "string" ? content : JSON.stringify(content) },
];
const file = (change: object): object => ({ ...MANIFEST, files: [{ ...MANIFEST.files[0], ...change }] });

const MANIFESTS: readonly Case[] = [
  ["a manifest that is not there", plus("ml-gateway:models: { manifest: m/none.json }"), /^ml-gateway:models\.manifest: m\/none\.json: /],
  ["a manifest that is a folder", plus("ml-gateway:models: { manifest: templates }"), /^ml-gateway:models\.manifest: templates: .*folder/],
  manifest("empty", "", /^ml-gateway:models\.manifest: m\/manifest\.json: /),
  manifest("no JSON", "release: r1\n", /^ml-gateway:models\.manifest: m\/manifest\.json: /),
  manifest("a list", [], /^ml-gateway:models\.manifest: m\/manifest\.json: is a list, but a manifest is a group of keys/),
  manifest(
    "without its release",
    { ...MANIFEST, release: undefined },
    /^ml-gateway:models\.manifest: m\/manifest\.json: release is missing/,
  ),
  manifest("an unknown key", { ...MANIFEST, version: 1 }, /^ml-gateway:models\.manifest: m\/manifest\.json: version is not a known key/),
  manifest(
    "a range as a pin",
    { ...MANIFEST, runtime: { numpy: ">=2" } },
    /^ml-gateway:models\.manifest: m\/manifest\.json: runtime\.numpy: found ">=2"/,
  ),
  manifest(
    "an absolute path",
    file({ path: "/etc/passwd" }),
    /^ml-gateway:models\.manifest: m\/manifest\.json: files\[0\]\.path: found "\/etc\/passwd"/,
  ),
  manifest("half a digest", file({ sha256: "abc" }), /^ml-gateway:models\.manifest: m\/manifest\.json: files\[0\]\.sha256: found "abc"/),
  manifest(
    "a size as a text",
    file({ size: "2" }),
    /^ml-gateway:models\.manifest: m\/manifest\.json: files\[0\]\.size: found the text "2"/,
  ),
  manifest(
    "an unknown format",
    file({ format: "pkl" }),
    /^ml-gateway:models\.manifest: m\/manifest\.json: files\[0\]\.format: found "pkl"/,
  ),
  manifest("a file that is not there", MANIFEST, /^ml-gateway:models\.manifest: m\/a\.json: is missing/),
];

const NO_MANIFESTS: readonly Case[] = [
  ["a page as a manifest", "<!DOCTYPE html><html></html>", /^ml-gateway:models\.manifest: m\/manifest\.json: is a web page/],
  [
    "a manifest that Git LFS keeps",
    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
    /^ml-gateway:models\.manifest: m\/manifest\.json: is a pointer of Git LFS.*git lfs pull$/,
  ],
  [
    "a model as a manifest",
    Buffer.from([0x80, 4, 0x4b, 1, 0x2e, 0]),
    /^ml-gateway:models\.manifest: .* holds binary data, as a model does/,
  ],
].map(
  ([title, content, expected]) =>
    [title, plus("ml-gateway:models:", "  manifest: m/manifest.json"), expected, { "m/manifest.json": content }] as Case,
);

const ELSEWHERE = ["https://example.org/m.json", "s3://team-models/r1/manifest.json"].map((address): Case => [
  `a manifest at ${address}`,
  plus("ml-gateway:models:", `  manifest: ${address}`),
  new RegExp(`^ml-gateway:models\\.manifest: ${address}: is the address of something elsewhere, .*Download it`),
]);

export const APP_CASES: readonly Case[] = [...ELSEWHERE, ...SOURCES, ...FOLDERS, ...MANIFESTS, ...NO_MANIFESTS, ...CODE];
