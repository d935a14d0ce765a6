/** Tars by hand: what extensions say of the next entry, and that one which lies about itself comes to an end. */
import { tarEntries } from "../../../policies/graph/local/tar-entries";
import type { TarEnd, TarEntry } from "../../../policies/graph/local/tar-entries";

function entry(name: string, type: string, content = "", link = ""): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write(" ".repeat(8) + type + link, 148);
  header.write("ustar\0", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
const pax = (record: string): string => `${String(record.length + 4)} ${record}\n`;
const END = Buffer.alloc(1024);

function read(...parts: readonly Buffer[]): { readonly files: readonly TarEntry[]; readonly end: TarEnd } {
  const entries = tarEntries(Buffer.concat(parts));
  const files: TarEntry[] = [];
  let step = entries.next();
  for (; step.done !== true; step = entries.next()) if (!step.value.extension) files.push(step.value);
  return { files, end: step.value };
}

test("GNU's long names and long link targets belong to the entry behind them, and are none themselves", () => {
  const [target, name] = ["t".repeat(150), "n".repeat(150)];
  const { files, end } = read(
    entry("@", "K", `${target}\0`),
    entry("@", "L", `${name}\0`),
    entry("short", "2", "", "x"),
    entry("a", "0"),
    END,
  );
  expect(files.map((one) => [one.name, one.type, one.link])).toEqual([
    [name, "2", target],
    ["a", "0", ""],
  ]);
  expect(end).toBe("ended");
});

test("a size of pax counts in place of the header's", () => {
  const file = entry("a", "0", "x".repeat(600));
  file.write("00000000000", 124);
  const sum = file.subarray(0, 512).reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  file.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const { files, end } = read(entry("@", "x", pax("size=600")), file, entry("b", "0"), END);
  expect([files.map(({ name, content }) => [name, content.length]), end]).toEqual([
    [
      ["a", 600],
      ["b", 0],
    ],
    "ended",
  ]);
});

test.each(["size=-512", "size=-1024", "size=x", "size=1e3", "size=99999999999999999999"])("%s is broken, and ends", (record) => {
  expect(read(entry("@", "x", pax(record)), entry("a", "0"), END)).toMatchObject({ files: [], end: "broken" });
});

test("without the blocks at its end it is open, and cut within an entry broken", () => {
  const whole = Buffer.concat([entry("a", "0", "x".repeat(600)), entry("b", "0", "y")]);
  expect(read(whole).end).toBe("open");
  expect(read(whole.subarray(0, 700)).end).toBe("broken");
  expect(read(whole.subarray(0, whole.length - 100)).end).toBe("broken");
});
