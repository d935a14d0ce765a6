/** Files of checks: what is refused, with file and row; what a host gets; what recording makes of answers. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksText, DEFAULT_TOLERANCE, LIMITS, readChecks, readChecksFile } from "../../models-manifest/checks";
import { ManifestError } from "../../models-manifest/manifest-error";
import { leftOut, questions, readAnswers, withAnswers } from "../../models-manifest/record";

const root = mkdtempSync(join(tmpdir(), "checks-"));
afterAll(() => rmSync(root, { recursive: true }));

const write = (content: unknown): void =>
  writeFileSync(join(root, "c.json"), typeof content === "string" ? content : JSON.stringify(content));
const request = { method: "POST", path: "/predict", json: { x: 1 } };
const expected = { status: 200, json: { y: 0.5 } };

function problems(content: unknown): readonly string[] {
  write(content);
  try {
    readChecks("c.json", root);
  } catch (error) {
    if (error instanceof ManifestError) return error.problems;
    throw error;
  }
  return [];
}

const rows = (...list: readonly unknown[]): unknown => ({ rows: list });
const row = (change: object, of = expected): unknown => rows({ request, expect: of }, { request: { ...request, ...change }, expect: of });
const expecting = (expect: object): unknown => rows({ request, expect });
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

const BAD: readonly (readonly [title: string, content: unknown, problem: RegExp])[] = [
  ["no JSON", '{\n"rows": [}', /^c.json: is not JSON(: something is wrong at line 2)?/],
  ["a list", [], /^c.json: holds no group of keys/],
  ["no rows", {}, /^c.json: rows: found nothing; write a list/],
  ["an unknown key", { row: [], rows: [{ request, expect: expected }] }, /"row" is not a known key; did you mean rows\?$/],
  [
    "too many rows",
    rows(...Array.from({ length: LIMITS.rows + 1 }, () => ({ request, expect: expected }))),
    /rows: found 101; at most 100/,
  ],
  ["a row that is a text", rows("POST /predict"), /^c.json: row 1: found "POST \/predict"/],
  ["an unknown key of a row", rows({ request, expects: expected }), /^c.json: row 1: "expects" is not a known key; did you mean expect\?$/],
  ["an unknown key of the request", row({ body: 1 }), /^c.json: row 2, request: "body" is not a known key/],
  ["a method that changes", row({ method: "DELETE" }), /row 2, request.method: found "DELETE"; write one of GET, POST, PUT/],
  ["a path without a slash", row({ path: "predict" }), /row 2, request.path: found "predict"; write a path that begins with one slash/],
  ["a URL", row({ path: "//other.example/predict" }), /row 2, request.path: found/],
  ["a path with a line break", row({ path: "/a\r\nX: 1" }), /row 2, request.path: found/],
  ["a body of a GET", row({ method: "GET" }), /row 2, request.json: a GET has no body/],
  [
    "a header of the connection",
    row({ headers: { "Content-Length": "1" } }),
    /row 2, request.headers: Content-Length belongs to the connection/,
  ],
  ["a header with a line break", row({ headers: { X: "a\nb" } }), /row 2, request.headers.X: write a text of one line/],
  ["a credential", row({ headers: { Authorization: "Bearer abcdef" } }), /row 2, request.headers.Authorization: looks like a credential/],
  [
    "NaN in the request",
    '{"rows":[{"request":{"method":"POST","path":"/p","json":{"x":[NaN]}},"expect":{}}]}',
    /row 1, request.json.x\[0\]: found NaN/,
  ],
  [
    "Infinity in the answer",
    '{"rows":[{"request":{"method":"GET","path":"/p"},"expect":{"json":-Infinity}}]}',
    /row 1, expect.json: found NaN/,
  ],
  [
    "a number too large for one",
    '{"rows":[{"request":{"method":"GET","path":"/p"},"expect":{"json":{"a":1e400}}}]}',
    /row 1, expect.json.a: found NaN/,
  ],
  ["a status that is none", expecting({ status: 42 }), /row 1, expect.status: found 42; write the status as a number from 200 to 599/],
  ["a negative tolerance", expecting({ tolerance: { rel: -0.1 } }), /row 1, expect.tolerance.rel: found -0.1; write a number, 0 or larger/],
  ["a negative tolerance of all", { tolerance: { abs: -1 }, rows: [{ request, expect: expected }] }, /^c.json: tolerance.abs: found -1/],
  ["a tolerance that is a number", expecting({ tolerance: 0.1 }), /row 1, expect.tolerance: found 0.1; write \{"abs"/],
  ["an answer without an end", expecting({ json: deep(40) }), /row 1, expect.json.*is nested too deeply/],
  ["rows without an answer", rows({ request, expect: expected }, { request }), /^c.json: row 2 is without expect: .* record-checks/],
];

test.each(BAD)("%s is refused, with the file and the row", (_, content, problem) => {
  const found = problems(content);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(problem);
});

test("all mistakes are reported at once, each once", () => {
  const found = problems(rows({ request: { ...request, method: "get", path: "" }, expect: { status: "200" } }, 5));
  expect(found.map((line) => line.replace(/:[^:]*$/, ""))).toEqual([
    "c.json: row 1, request.method",
    "c.json: row 1, request.path",
    "c.json: row 1, expect.status",
    "c.json: row 2",
  ]);
});

test("a file that is missing, a link or too large is refused", () => {
  expect(() => readChecks("none.json", root)).toThrow(/none.json: does not exist/);
  symlinkSync("c.json", join(root, "link.json"));
  expect(() => readChecks("link.json", root)).toThrow(/link.json: is no regular file/);
  write(`{"rows": [${" ".repeat(LIMITS.bytes)}]}`);
  expect(() => readChecks("c.json", root)).toThrow(/at most 262144 are sent to a host/);
});

test("a host gets each row with its own tolerance, and the settings that headers stand on are known", () => {
  write({
    tolerance: { abs: 0.5 },
    rows: [
      {
        name: "NaN in a text is a text",
        request: { method: "GET", path: "/a?b=c", headers: { Authorization: "Bearer ${API_KEY}" } },
        expect: { status: 204 },
      },
      { request, expect: { json: { y: "NaN" }, tolerance: { rel: 0 } } },
    ],
  });
  const checks = readChecks("c.json", root);
  expect(checks.settings).toEqual(["API_KEY"]);
  expect(JSON.parse(checksText(checks))).toEqual({
    file: "c.json",
    rows: [
      {
        name: "NaN in a text is a text",
        request: { method: "GET", path: "/a?b=c", headers: { Authorization: "Bearer ${API_KEY}" } },
        expect: { status: 204, tolerance: { abs: 0.5, rel: DEFAULT_TOLERANCE.rel } },
      },
      { request, expect: { status: 200, json: { y: "NaN" }, tolerance: { abs: 0.5, rel: 0 } } },
    ],
  });
});

describe("recording", () => {
  const file = { rows: [{ request, expect: { tolerance: { abs: 1 } } }, { request, expect: expected }, { request }] } as const;

  test("fills the rows that are asked, keeps tolerances, and leaves out what changes", () => {
    write(file);
    const read = readChecksFile("c.json", root);
    expect(JSON.parse(questions("c.json", read.rows.slice(2)))).toEqual({ file: "c.json", rows: [{ request }] });
    const recorded = {
      answers: [{ status: 200, json: { y: 1, id: "a", list: [{ t: 1, v: 2 }] } }, { status: 204 }],
      unsteady: [[["id"], ["list", 0, "t"]], []],
    };
    expect(withAnswers(read, [0, 2], recorded).rows).toEqual([
      { request, expect: { status: 200, json: { y: 1, list: [{ v: 2 }] }, tolerance: { abs: 1 } } },
      { request, expect: expected },
      { request, expect: { status: 204 } },
    ]);
    expect(leftOut([0, 2], recorded)).toEqual(["row 1: id, list.0.t"]);
  });

  test("says what a service that cannot be asked said", () => {
    const asked =
      (code: number, stdout: string, stderr = "") =>
      () =>
        readAnswers({ code, stdout, stderr }, "c.json", 1);
    expect(asked(1, "row 1, GET /a: no answer (ConnectionRefusedError)\n")).toThrow("c.json: row 1, GET /a: no answer");
    expect(asked(1, "", "sudo: a password is required\n")).toThrow("c.json: the rows could not be asked: sudo: a password is required");
    expect(asked(0, '{"answers":[],"unsteady":[]}')).toThrow("the rows could not be asked");
  });
});
