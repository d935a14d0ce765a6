import fc from "../../property";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { architectureOf, instanceSize, memoryPlan, workersFor } from "../../../infra/hosts/sizing";

test.each([
  ["t3.micro", 1024, 2, "x86_64"],
  ["t2.micro", 1024, 1, "x86_64"],
  ["t3.small", 2048, 2, "x86_64"],
  ["t4g.medium", 4096, 2, "arm64"],
  ["m5.large", 8192, 2, "x86_64"],
  ["m7g.xlarge", 16384, 4, "arm64"],
  ["c6i.2xlarge", 16384, 8, "x86_64"],
  ["r6a.24xlarge", 786432, 96, "x86_64"],
  ["c7gn.medium", 2048, 1, "arm64"],
  ["c5n.large", 5376, 2, "x86_64"],
  ["c5n.18xlarge", 196608, 72, "x86_64"],
  ["m7i-flex.large", 8192, 2, "x86_64"],
  ["a1.medium", 2048, 1, "arm64"],
] as const)("%s", (type, memoryMiB, vcpus, architecture) => {
  expect(instanceSize(type)).toEqual({ memoryMiB, vcpus, architecture });
});

test.each(["", "t3", "t3.giant", "t9.micro", "x.micro", "p99.24xlarge", "m5.3xlarge", "c5n.medium", "t3.constructor", "m5."])(
  "unknown: %j",
  (type) => {
    expect(instanceSize(type)).toBeUndefined();
  },
);

test.each([
  ["t9g.micro", "arm64"],
  ["c9gn.large", "arm64"],
  ["m9i.large", "x86_64"],
  ["a1.large", "arm64"],
  ["g5.xlarge", "x86_64"],
  ["g5g.xlarge", "arm64"],
])("architecture of %s", (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});

test("the table holds plausible figures alone, each type once", () => {
  const lines = readFileSync(join(__dirname, "../../../infra/hosts/instance-types.txt"), "utf8").split("\n").slice(2, -1);
  const types = lines.flatMap((line) => {
    expect(line).toMatch(/^[a-z][a-z0-9-]* (x86_64|arm64)( [a-z0-9-]+=\d+\/\d+)+$/);
    const [family = "", , ...sizes] = line.split(" ");
    return sizes.map((entry) => `${family}.${entry.split("=", 1)[0] ?? ""}`);
  });
  expect(types.length).toBeGreaterThan(1000);
  expect(new Set(types).size).toBe(types.length);
  for (const type of types) {
    const size = instanceSize(type);
    expect(size?.memoryMiB).toBeGreaterThanOrEqual(512);
    expect(size?.vcpus).toBeGreaterThanOrEqual(1);
  }
});

const MiB = 2 ** 20;

test.each([
  ["t3.micro without models", 1024, 0, 2, 2],
  ["t3.micro with 50 MiB", 1024, 50 * MiB, 2, 2],
  ["t3.micro with 200 MiB", 1024, 200 * MiB, 2, 1],
  ["t3.medium with 200 MiB", 4096, 200 * MiB, 2, 2],
  ["m5.xlarge with 200 MiB", 16384, 200 * MiB, 4, 4],
])("%s", (_, memoryMiB, modelBytes, vcpus, workers) => {
  expect(workersFor({ memoryMiB, modelBytes, vcpus })).toBe(workers);
});

test("says when even one worker and its candidate do not fit", () => {
  expect(memoryPlan({ memoryMiB: 512, modelBytes: 200 * MiB, vcpus: 2 })).toMatchObject({ workers: 1, fits: false });
  expect(memoryPlan({ memoryMiB: 1024, modelBytes: 200 * MiB, vcpus: 2 })).toMatchObject({ workers: 1, fits: true, neededMiB: 1020 });
});

test("property: between one and the number of processors, never more for a larger model, within memory when it fits", () => {
  const size = fc.record({
    memoryMiB: fc.integer({ min: 256, max: 65536 }),
    modelBytes: fc.integer({ min: 0, max: 2 ** 31 }),
    vcpus: fc.integer({ min: 1, max: 64 }),
  });
  fc.assert(
    fc.property(size, (given) => {
      const plan = memoryPlan(given);
      expect(plan.workers).toBeGreaterThanOrEqual(1);
      expect(plan.workers).toBeLessThanOrEqual(given.vcpus);
      expect(workersFor({ ...given, modelBytes: given.modelBytes * 2 })).toBeLessThanOrEqual(plan.workers);
      if (plan.fits) expect(plan.neededMiB).toBeLessThanOrEqual(given.memoryMiB);
    }),
  );
});
