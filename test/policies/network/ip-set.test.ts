import fc from "../../property";
import * as ip from "../../../policies/graph/network/ip-set";

const set = (...texts: string[]): ip.IpSet => ip.parseCidrs(texts).set;

const octet = fc.integer({ min: 0, max: 255 });
const v4 = fc.tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 })).map(([a, b, c, d, n]) => `${a}.${b}.${c}.${d}/${n}`);
const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
const v6 = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 128 }))
  .map(([groups, n]) => `${groups.join(":")}/${String(n)}`);
const sets = fc.array(fc.oneof(v4, v6), { maxLength: 6 }).map((texts) => ip.parseCidrs(texts).set);

describe("spellings", () => {
  test.each([
    ["0.0.0.0/0", "1.2.3.4/0"],
    ["::/0", "0::0/0"],
    ["::/0", "0:0:0:0:0:0:0:0/0"],
    ["2001:db8::/32", "2001:0DB8:0:0:0:0:0:0/32"],
    ["10.0.0.0/8", "10.200.3.4/8"],
    ["192.0.2.1", "192.0.2.1/32"],
    ["192.0.2.0/24", "::ffff:192.0.2.0/120"],
    ["0.0.0.0/0", " 0.0.0.0/0 "],
  ])("%s is %s", (a, b) => expect(set(a)).toEqual(set(b)));

  test.each(["10.0.0.0/33", "10.0.0/x", "::/129", "anywhere", "", "10.0.0.0/8/8", "fe80::1%eth0/64", "10.0.0.0/-1"])(
    "%s is no block",
    (text) => expect(ip.parseCidr(text)).toBeUndefined(),
  );
});

describe("the world in pieces", () => {
  test("two halves are all of it", () => expect(set("0.0.0.0/1", "128.0.0.0/1")).toEqual(set("0.0.0.0/0")));
  test("256 eighths of IPv4 are all of it", () =>
    expect(set(...Array.from({ length: 256 }, (_, n) => `${String(n)}.0.0.0/8`))).toEqual(set("0.0.0.0/0")));
  test("the widest block of the halves", () => expect(ip.widestPrefix(set("0.0.0.0/1", "128.0.0.0/1"), "v4")).toBe(0));
  test("private blocks are no part of the Internet", () =>
    expect(ip.isEmpty(ip.publicPart(set("10.0.0.0/8", "192.168.0.0/16", "fd00::/8")))).toBe(true));
});

describe("arithmetic", () => {
  test("union is commutative, associative and idempotent", () => {
    fc.assert(
      fc.property(sets, sets, sets, (a, b, c) => {
        expect(ip.union(a, b)).toEqual(ip.union(b, a));
        expect(ip.union(a, ip.union(b, c))).toEqual(ip.union(ip.union(a, b), c));
        expect(ip.union(a, a)).toEqual(a);
      }),
    );
  });
  test("what is taken away is gone, and what was there besides is left", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const rest = ip.subtract(a, b);
        expect(ip.isEmpty(ip.intersect(rest, b))).toBe(true);
        expect(ip.union(rest, ip.intersect(a, b))).toEqual(a);
        expect(ip.contains(a, rest)).toBe(true);
      }),
    );
  });
  test("sizes add up", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        for (const family of ["v4", "v6"] as const)
          expect(ip.size(ip.union(a, b), family) + ip.size(ip.intersect(a, b), family)).toBe(ip.size(a, family) + ip.size(b, family));
      }),
    );
  });
  test("written as blocks and read again it is the same set", () => {
    fc.assert(fc.property(sets, (a) => expect(set(...ip.toCidrs(a))).toEqual(a)));
  });
  test("ranges are sorted, disjoint and not adjacent", () => {
    fc.assert(
      fc.property(sets, (a) => {
        for (const ranges of [a.v4, a.v6])
          ranges.forEach(([first, last], index) => {
            expect(first <= last).toBe(true);
            const next = ranges[index + 1];
            if (next) expect(next[0] > last + 1n).toBe(true);
          });
      }),
    );
  });
  test("a block has the size that its prefix says", () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const prefix = Number(text.split("/")[1]);
        const family = text.includes(":") ? "v6" : "v4";
        const found = set(text);
        // IPv4 in IPv6 clothes is IPv4.
        fc.pre(found[family].length === 1);
        expect(ip.size(found, family)).toBe(1n << BigInt(ip.BITS[family] - prefix));
        expect(ip.widestPrefix(found, family)).toBe(prefix);
      }),
    );
  });
});
