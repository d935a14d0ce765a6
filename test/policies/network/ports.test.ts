import { covers, describeTraffic, traffic } from "../../../policies/graph/network/ports";
import { UNKNOWN } from "../../../policies/core/types";
import type { Value } from "../../../policies/core/types";

const tcp = (from: Value, to: Value): ReturnType<typeof traffic> => traffic("tcp", from, to);

describe("does a rule let TCP 9000 through?", () => {
  test.each<[string, ReturnType<typeof traffic>, "yes" | "no" | "maybe"]>([
    ["tcp 9000", tcp(9000, 9000), "yes"],
    ["TCP by number", traffic("6", 9000, 9000), "yes"],
    ["TCP by number, as a number", traffic(6, 9000, 9000), "yes"],
    ["upper case", traffic("TCP", 9000, 9000), "yes"],
    ["ports as text", tcp("8000", "9999"), "yes"],
    ["all protocols, ports 0 to 0", traffic("-1", 0, 0), "yes"],
    ["all by name", traffic("all", null, null), "yes"],
    ["ports -1", tcp(-1, -1), "yes"],
    ["ports left out", traffic("tcp", undefined, undefined), "yes"],
    ["ports the wrong way round", tcp(9999, 8000), "yes"],
    ["tcp 0 to 0", tcp(0, 0), "no"],
    ["tcp 9001", tcp(9001, 9001), "no"],
    ["udp", traffic("udp", 9000, 9000), "no"],
    ["udp by number", traffic("17", 0, 65535), "no"],
    ["icmp", traffic("icmp", -1, -1), "no"],
    ["gre, which has no ports", traffic("47", undefined, undefined), "no"],
    ["unknown protocol", traffic(UNKNOWN, 9000, 9000), "maybe"],
    ["unknown protocol, other ports", traffic(UNKNOWN, 80, 80), "no"],
    ["unknown first port", tcp(UNKNOWN, 9999), "maybe"],
    ["unknown first port, too low an end", tcp(UNKNOWN, 8999), "no"],
    ["unknown last port, too high a start", tcp(9001, UNKNOWN), "no"],
    ["a protocol nobody knows", traffic("quux", 9000, 9000), "maybe"],
  ])("%s", (_, given, answer) => expect(covers(given, 9000)).toBe(answer));
});

test("in words", () => {
  expect([tcp(22, 22), tcp(1, 2), traffic("-1", 0, 0), tcp(0, 65535), traffic("1", 3, 4), tcp(UNKNOWN, 1)].map(describeTraffic)).toEqual([
    "tcp 22",
    "tcp 1-2",
    "all traffic",
    "tcp, all ports",
    "icmp",
    "tcp, ports not known",
  ]);
});
