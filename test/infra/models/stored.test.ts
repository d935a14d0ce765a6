import * as pulumi from "@pulumi/pulumi";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { loadManifest } from "../../../models-manifest/manifest";
import { Refusal, runProgram, type Properties, type Provider } from "../../../infra/offline/engine";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { readStackFile } from "../../../infra/offline/stack-file";
import { program } from "../../../infra/program";
import { evaluateDev, ROOT } from "../evaluate";

jest.setTimeout(60_000);

const BUCKET = "ml-gateway-dev-models-123456789012-us-east-1";
const { files } = loadManifest("models-manifest/sample.json", ROOT);
const [first, second, ...others] = files.map((file) => file.key);
const sizeOf = (key: string): number => files.find((file) => file.key === key)?.size ?? 0;

interface World {
  /** Keys of the objects in the state; an error when the engine cannot say. */
  readonly state?: readonly string[] | Error;
  /** What the bucket holds: key -> bytes; an error when S3 refuses. */
  readonly bucket?: Readonly<Record<string, number>> | Error;
  /** Why an object is not shown. */
  readonly head?: Error;
}

/** The engine and S3 as `world` says; `asked` gets the keys that the bucket was asked for. */
function provider(world: World, asked: string[]): Provider {
  const { state = [], bucket = {}, head } = world;
  const answer = (token: string, args: Properties): Properties => {
    if (state instanceof Error && token.startsWith("pulumi:")) {
      throw state;
    }
    switch (token) {
      case "pulumi:pulumi:readStackOutputs":
        return { outputs: { modelRelease: "before" } };
      case "pulumi:pulumi:readStackResourceOutputs": {
        const object = (key: string, name: string) => ({ type: "aws:s3/bucketObjectv2:BucketObjectv2", outputs: { bucket: name, key } });
        const keys = state as readonly string[];
        const other = {
          "urn::other": { type: "aws:s3/bucket:Bucket", outputs: { bucket: BUCKET } },
          "urn::network": { type: "aws:ec2/vpc:Vpc", outputs: {} },
          "urn::foreign": object("x", "elsewhere"),
        };
        return { outputs: { ...other, ...Object.fromEntries(keys.map((key) => [`urn::${key}`, object(key, BUCKET)])) } };
      }
      case "aws:s3/getObjects:getObjects":
        asked.push(String(args.prefix));
        if (bucket instanceof Error) {
          throw bucket;
        }
        return { keys: Object.keys(bucket).filter((key) => key.startsWith(String(args.prefix))) };
      case "aws:s3/getObject:getObject":
        if (head !== undefined) {
          throw head;
        }
        return { contentLength: (bucket as Record<string, number>)[String(args.key)], checksumSha256: "" };
      default:
        return {};
    }
  };
  const known = /^(pulumi:pulumi|aws:s3)/;
  return {
    ...previewProvider("us-east-1"),
    call: async (token, args) => (known.test(token) ? answer(token, args) : previewProvider("us-east-1").call(token, args)),
  };
}

async function run(world: World): Promise<{ resources: string[]; asked: string[]; warnings: string }> {
  const asked: string[] = [];
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  try {
    const result = await evaluateDev({}, provider(world, asked), true);
    const objects = result.resources.filter((resource) => resource.type === "aws:s3/bucketObjectv2:BucketObjectv2");
    const warnings = warn.mock.calls.map(([text]) => text).filter((text) => !text.includes("documentation network"));
    return { resources: objects.map((object) => String(object.inputs.key)), asked, warnings: warnings.join("\n") };
  } finally {
    warn.mockRestore();
  }
}

const all = files.map((file) => file.key);
const whole = Object.fromEntries(all.map((key) => [key, sizeOf(key)]));
const aws = (text: string): Error =>
  new Refusal(`invocation of aws:s3/getObjects:getObjects returned an error: operation error S3: ListObjectsV2, ${text}`);

test("what is in the state stays, what is in the bucket is used, the rest is uploaded", async () => {
  const { resources, asked, warnings } = await run({ state: [first!], bucket: { [second!]: sizeOf(second!) } });
  expect(resources.sort()).toEqual([first!, ...others].sort());
  expect(asked.sort()).toEqual(all.filter((key) => key !== first).sort());
  expect(warnings).toBe("");
});

test("with everything in the state nothing is asked", async () => {
  expect(await run({ state: all })).toEqual({ resources: all, asked: [], warnings: "" });
});

test.each(["https response error StatusCode: 404, RequestID: x, NoSuchBucket: ", "NotFound: no such bucket"])(
  "no bucket yet: %s",
  async (text) => {
    const { resources, warnings } = await run({ bucket: aws(text) });
    expect([resources, warnings]).toEqual([all, ""]);
  },
);

test("S3 refuses to list: a warning says what follows", async () => {
  const { resources, warnings } = await run({
    state: [first!],
    bucket: aws("https response error StatusCode: 403, api error AccessDenied: Access Denied"),
  });
  expect(resources).toEqual(all);
  expect(warnings).toMatch(
    /^s3:\/\/ml-gateway-dev-models\S+: S3 does not let these credentials list models\/ .*Allow s3:ListBucket on the bucket$/,
  );
});

test("S3 shows no object: a warning, and it is used", async () => {
  const { resources, warnings } = await run({ state: all.slice(1), bucket: whole, head: aws("api error AccessDenied: Access Denied") });
  expect(resources).toEqual(all.slice(1));
  expect(warnings).toMatch(/is there, but its size cannot be compared .*AccessDenied/);
});

test("the engine cannot say: a warning, and nothing that is there is uploaded", async () => {
  const { resources, warnings } = await run({ state: new Refusal("unrecognized function name"), bucket: whole });
  expect(resources).toEqual([]);
  expect(warnings).toMatch(/could not be asked for \(unrecognized function name\)/);
});

/** Why the program ends early. */
async function failure(world: World): Promise<string> {
  const file = readStackFile(ROOT, "dev", { privateKey: placeholderKey });
  const reason = (): Promise<Properties> =>
    program(ROOT).then(
      () => ({}),
      (error: Error) => ({ failed: error.message }),
    );
  const { outputs } = await runProgram({ ...file, preview: true, provider: provider(world, []), program: reason });
  return String(outputs.failed);
}

test("other bytes under one of the keys end the run, and every key is named", async () => {
  const bucket = { ...whole, [first!]: 1, [second!]: 2 };
  expect(await failure({ bucket })).toMatch(
    /the models cannot be deployed:\n {2}- .* holds 1 bytes instead of \d+.*\n {2}- .* holds 2 bytes instead of/,
  );
});

test("another failure of S3 is not taken for an empty bucket", async () => {
  expect(await failure({ bucket: aws("dial tcp: i/o timeout") })).toMatch(/i\/o timeout/);
});
