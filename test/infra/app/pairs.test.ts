/** Packages that are installed together and do not work together, and versions that PyPI does not have. */
import { checkApp, checkImports } from "../../../infra/app/check";
import { parseModule, type AppModule } from "../../../infra/app/module";
import { readTree } from "../../../infra/app/tree";
import { removeTrees, treeOf } from "./trees";

afterAll(removeTrees);

const SERVER = "uvicorn==0.34.0\npython-dotenv==1.0.1\n";

function said(packages: string, imported: string) {
  const tree = readTree(treeOf({ "requirements.txt": `${SERVER}${packages}\n`, "main.py": "app = make()\n" }));
  return checkImports(tree, { others: [{ path: "main.py", line: 1, name: imported }], websocket: null }, true);
}

test.each([
  [
    "flask==2.2.2\nwerkzeug==3.0.3",
    "flask.Flask",
    /asks for flask 2\.2\.2 and for werkzeug 3\.0\.3, with which it does not work: .* \(main\.py, line 1\), so the service could not start; write werkzeug<3\.0, or flask>=2\.2\.4/,
  ],
  ["openai==1.50.0\nhttpx==0.28.1", "openai", /write httpx<0\.28, or openai>=1\.55\.3/],
  ["numpy==2.0.1\nscikit-learn==1.2.2", "sklearn.linear_model", /scikit-learn 1\.2\.2 and for numpy 2\.0\.1/],
])("%s", (packages, imported, words) => {
  expect(said(packages, imported).problems).toEqual([expect.stringMatching(words)]);
});

test("a notice where the other version is not written down, and nothing keeps it back", () => {
  expect(said("pandas==2.0.3", "pandas")).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/any numpy may be installed, such as 2\.0, .* write numpy<2\.0, or pandas>=2\.1/)],
  });
});

test.each([
  ["flask==2.2.5\nwerkzeug==3.0.3", "flask"],
  ["flask==2.2.2\nwerkzeug==2.3.8", "flask"],
  ["pandas==2.0.3\nnumpy<2", "pandas"],
  ["pandas==2.0.3\nscipy==1.11.4", "pandas"],
  ["pandas\nnumpy==2.0.1", "pandas"],
  ["pandas==2.0.3\nnumpy==2.0.1", "json"],
])("nothing of %s", (packages, imported) => {
  expect(said(packages, imported).problems).toEqual([]);
  expect(said(packages, imported).notices.filter((notice) => notice.includes("does not work"))).toEqual([]);
});

function packages(lines: string): readonly string[] {
  const tree = readTree(treeOf({ "requirements.txt": `${SERVER}${lines}\n`, "main.py": "app = make()\n" }));
  const given = { packages: [], allow: [], pythons: ["3.10"] };
  const module = parseModule("main:app") as AppModule;
  return checkApp(tree, { project: "p", key: "app.path", module, pythons: ["3.10.12"], allow: [], runtime: {}, given }).problems;
}

test("a version with a plus sign comes from an index of its own", () => {
  expect(packages("torch==2.0.1+cu118")).toEqual([
    expect.stringMatching(/PyPI has no versions with \+cu118; write torch==2\.0\.1, or name the index .*whl\/cu118$/),
  ]);
  expect(packages("--extra-index-url https://download.pytorch.org/whl/cu118\ntorch==2.0.1+cu118")).toEqual([]);
  expect(packages("tensorflow-gpu==2.12.0")).toEqual([expect.stringMatching(/write tensorflow$/)]);
});

test.each([
  [
    "fastapi==0.115.6\nstarlette==0.27.0",
    /^p:app\.path: requirements\.txt:4: asks for starlette 0\.27\.0, and fastapi 0\.115\.6 \(requirements\.txt:3\) for starlette>=0\.40\.0,<0\.42\.0, so pip would find no set/,
  ],
  ["starlette==0.49.1\nfastapi==0.116.2", /requirements\.txt:3: asks for starlette 0\.49\.1/],
  ["fastapi==0.99.1\npydantic==2.5.0", /asks for pydantic 2\.5\.0, and fastapi 0\.99\.1 .*<2\.0\.0/],
  ["fastapi==0.136.0\npydantic==2.8.2", /for pydantic>=2\.9\.0/],
])("pip finds no set of %s", (lines, expected) => {
  expect(packages(lines)).toEqual([expect.stringMatching(expected)]);
});

test.each([
  "fastapi==0.115.6\nstarlette==0.41.3",
  "fastapi\nstarlette==0.27.0",
  "fastapi>=0.115\nstarlette==0.27.0",
  "fastapi==0.115.6\nstarlette>=0.27",
  "fastapi==0.115.6\nstarlette==0.27.0 ; python_version < '3.9'",
  "fastapi==0.141.1\nstarlette==1.0.0",
  "fastapi==0.99.1\npydantic==1.10.13",
])("pip may find a set of %s", (lines) => {
  expect(packages(lines)).toEqual([]);
});
