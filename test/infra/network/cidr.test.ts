import fc from "../../property";
import { contains, overlaps, parseBlock, usableAddresses } from "../../../infra/network/cidr";

const block = fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return parseBlock(`${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${prefix}`);
});

describe("parseBlock", () => {
  test.each([
    ["10.0.0.0/16", 0x0a000000, 0x0a00ffff],
    ["0.0.0.0/0", 0, 0xffffffff],
    ["255.255.255.255/32", 0xffffffff, 0xffffffff],
  ])("%s", (text, first, last) => {
    expect(parseBlock(text)).toMatchObject({ first, last });
  });

  test.each([
    ["10.0.0.1/16", "has host bits set (AWS refuses that); the block is 10.0.0.0/16"],
    ["10.0.0.0", "is no IPv4 block"],
    ["10.0.0.0/33", "is no IPv4 block"],
    ["10.0.0.256/24", "is no IPv4 block"],
    ["::/0", "is no IPv4 block"],
  ])("%s is refused", (text, message) => {
    expect(() => parseBlock(text)).toThrow(message);
  });

  test("a block has 2^(32 - prefix) addresses and starts at a multiple of that", () => {
    fc.assert(
      fc.property(block, ({ first, last, prefix }) => {
        expect(last - first + 1).toBe(2 ** (32 - prefix));
        expect(first % 2 ** (32 - prefix)).toBe(0);
      }),
    );
  });
});

test("two blocks either contain one another or do not overlap at all", () => {
  fc.assert(
    fc.property(block, block, (a, b) => {
      expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
      expect(overlaps(a, b)).toBe(overlaps(b, a));
    }),
  );
});

test("AWS keeps five addresses of each subnet", () => {
  expect(usableAddresses(parseBlock("10.0.0.0/28"))).toBe(11);
  expect(usableAddresses(parseBlock("10.0.0.0/31"))).toBe(0);
});
