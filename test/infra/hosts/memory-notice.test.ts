import { memoryNotice } from "../../../infra/hosts/memory-notice";
import { memoryPlan } from "../../../infra/hosts/sizing";

const MIB = 2 ** 20;
const said = (instanceType: string, workers: "auto" | number, modelMiB = 0, memoryMiB?: number): string | undefined =>
  memoryNotice("p:backend", { instanceType, workers, ...(memoryMiB === undefined ? {} : { memoryMiB }) }, modelMiB * MIB);

test("more workers than the memory holds: both are named, and how many have room", () => {
  expect(said("t3.micro", 64)).toMatch(
    /^p:backend\.workers: is 64, and t3\.micro has 1024 MiB, in which 4 have room .* \(about 150 MiB each\); write 4 or auto, or choose a larger p:backend\.instanceType$/,
  );
  expect(said("t3.micro", 2, 200)).toMatch(/^p:backend\.workers: is 2, .* in which 1 have room .*about 410 MiB with the models each/);
});

test("models that no worker has room for are said, whatever is configured", () => {
  expect(said("t3.micro", "auto", 400)).toMatch(
    /^p:backend\.instanceType: t3\.micro has 1024 MiB, and one worker \(about 670 MiB with the models\), .* or smaller models$/,
  );
  expect(said("x9.huge", "auto", 0, 400)).toMatch(/^p:backend\.instanceType: x9\.huge has 400 MiB, /);
});

test.each<["auto" | number, number]>([
  ["auto", 0],
  [4, 0],
  [1, 200],
  ["auto", 200],
])("%s workers with models of %d MiB on a t3.micro: nothing is said", (workers, model) => {
  expect(said("t3.micro", workers, model)).toBeUndefined();
});

test("the number that is named is one of which nothing is said", () => {
  for (const memoryMiB of [1024, 2048, 8192]) {
    const { workers } = memoryPlan({ memoryMiB, vcpus: 64, modelBytes: 50 * MIB });
    expect(said("x9.huge", workers, 50, memoryMiB)).toBeUndefined();
    expect(said("x9.huge", workers + 1, 50, memoryMiB)).toContain(`write ${workers} or auto`);
  }
  expect(said("x9.huge", 64)).toBeUndefined();
});
