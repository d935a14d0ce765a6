/** Which of the frames that the SDK sends is the program's line. */
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import * as sourceproto from "@pulumi/pulumi/proto/source_pb";
import { programPosition } from "../../../infra/offline/source-position";

function position(uri: string, line: number): sourceproto.SourcePosition {
  const found = new sourceproto.SourcePosition();
  found.setUri(uri);
  found.setLine(line);
  found.setColumn(5);
  return found;
}

function request(first: string | undefined, ...frames: readonly string[]): resproto.RegisterResourceRequest {
  const req = new resproto.RegisterResourceRequest();
  if (first !== undefined) req.setSourceposition(position(first, 1));
  const trace = new sourceproto.StackTrace();
  trace.setFramesList(
    frames.map((uri, index) => {
      const frame = new sourceproto.StackFrame();
      if (uri !== "") frame.setPc(position(uri, index + 2));
      return frame;
    }),
  );
  req.setStacktrace(trace);
  return req;
}

test.each<[string, resproto.RegisterResourceRequest, string | undefined]>([
  ["the SDK's own answer", request("file:///work/app/infra/a.ts"), "project:///infra/a.ts#1,5"],
  ["a space in a name", request("file:///work/app/my%20program/a.ts"), "project:///my%20program/a.ts#1,5"],
  ["inside a package", request("file:///work/app/node_modules/x/i.js", "", "file:///work/app/infra/b.ts"), "project:///infra/b.ts#3,5"],
  ["outside of the program", request("file:///usr/lib/x.js", "node:internal/timers", "file:///work/app/b.ts"), "project:///b.ts#3,5"],
  ["a folder beside it", request("file:///work/app2/a.ts"), undefined],
  ["nothing", request(undefined), undefined],
])("%s", (_, req, expected) => {
  expect(programPosition(req, "/work/app")).toBe(expected);
});
