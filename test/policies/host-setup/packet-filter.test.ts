/** Rules of the packet filter that a script takes away: what counts is who made them, and whether the set-up leaves others in their place. */
import { policyOf } from "../core/policy-of";
import { program, settings, verdicts } from "./program";
import type { Step } from "./program";

const readable = policyOf("host-setup-readable");
const put = (path: string, text: string): string => `sudo tee ${path} >/dev/null <<'E'\n${text}\nE\n`;
const FILTER = `table inet filter {
 chain input {
  type filter hook input priority 0; policy drop;
  ip saddr 10.0.1.0/24 tcp dport 9000 accept
 }
 chain forward {
  type filter hook forward priority 0; policy drop;
 }
}`;
const NAT = "table ip nat {\n chain postrouting {\n  type nat hook postrouting priority 100;\n  masquerade\n }\n}";
/** What another step has made: a table that forwards for one host alone. */
const OTHERS = `${put("/etc/x/own.nft", "table ip own {\n chain forward {\n  type filter hook forward priority filter; policy drop;\n  ip saddr 10.0.101.10 accept\n }\n}")}sudo nft -f /etc/x/own.nft\n`;
const UNIT = put(
  "/etc/systemd/system/own-nat.service",
  "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/sbin/nft -f /etc/x/own.nft\nExecStop=/usr/sbin/nft delete table ip own",
);
const METADATA = "sudo iptables -A OUTPUT -d 169.254.169.254 -m owner --uid-owner ddos -j DROP";

test.each<[string, ...(string | Step)[]]>([
  ["all rules", "sudo nft flush ruleset"],
  ["all rules, from a text", "printf 'flush ruleset\\n' | sudo nft -f -"],
  ["all rules of iptables", "sudo iptables -P INPUT ACCEPT; sudo iptables -F; sudo iptables -X"],
  ["the policy of what comes in", "sudo iptables -P INPUT ACCEPT"],
  ["all rules for version 6, where others come for version 4", "sudo ip6tables -F; sudo iptables -F; sudo iptables -A INPUT -j DROP"],
  ["rules that let everything in", "sudo iptables -F; sudo iptables -A INPUT -j ACCEPT"],
  ["a set that lets everything in", "printf '*filter\\n:INPUT ACCEPT [0:0]\\nCOMMIT\\n' | sudo iptables-restore"],
  ["on one way only", "if curl -fs http://a.example; then sudo nft flush ruleset; fi"],
  [
    "loaded again on one way only",
    `${put("/etc/nftables.conf", FILTER)}sudo nft flush ruleset; if curl -fs http://a; then sudo nft -f /etc/nftables.conf; fi`,
  ],
  ["the rules of a firewall that is stopped", "sudo systemctl stop nftables"],
  ["by the older command", "sudo service ufw stop"],
  ["by the program that keeps them", "sudo netfilter-persistent flush"],
  ["a zone that trusts everybody", "sudo firewall-cmd --set-default-zone=trusted"],
  ["a table of another step", OTHERS, "sudo nft delete table ip own"],
  ["a chain of another step", OTHERS, "sudo nft flush chain ip own forward"],
  [
    "all tables, for a set without that of another step",
    OTHERS,
    `${put("/etc/nftables.conf", `flush ruleset\n${NAT}`)}sudo nft -f /etc/nftables.conf`,
  ],
  ["a rule of another step", METADATA, "sudo iptables -D OUTPUT -d 169.254.169.254 -m owner --uid-owner ddos -j DROP"],
  ["all rules of a chain, for others than that of another step", METADATA, "sudo iptables -F; sudo iptables -A INPUT -j DROP"],
  [
    "a table of another step that refuses some",
    `${put("/etc/x/some.nft", "table inet some {\n chain o {\n  type filter hook output priority 0; policy accept;\n  meta skuid ddos ip daddr 169.254.169.254 drop\n }\n}")}sudo nft -f /etc/x/some.nft`,
    `${put("/etc/nftables.conf", `flush ruleset\n${FILTER}`)}sudo nft -f /etc/nftables.conf`,
  ],
  ["a rule by its number", "sudo iptables -D OUTPUT 1"],
  ["what refuses the metadata", "sudo ip rule del pref 51 to 169.254.169.254"],
  ["all routing rules", "sudo ip -6 rule flush"],
  ["the unit of another step that loads rules", OTHERS + UNIT, "sudo systemctl disable --now own-nat.service"],
  ["every night", "echo '0 3 * * * root /usr/sbin/nft flush ruleset' | sudo tee /etc/cron.d/n >/dev/null"],
])("is «cannot tell»: %s", async (_, ...steps) => {
  expect(await verdicts(readable, steps)).toEqual(["unknown"]);
});

test.each<[string, ...(string | Step)[]]>([
  [
    "a set that begins by taking all away",
    `${put("/etc/nftables.conf", `#!/usr/sbin/nft -f\nflush ruleset\n\n${FILTER}`)}sudo nft -f /etc/nftables.conf`,
  ],
  [
    "the same by its unit",
    `${put("/etc/nftables.conf", `flush ruleset\n${FILTER}`)}sudo nft flush ruleset; sudo systemctl restart nftables`,
  ],
  ["a set of NAT", `${put("/etc/nat.nft", `flush ruleset\n${NAT}`)}sudo nft -f /etc/nat.nft`],
  [
    "iptables written anew",
    "sudo iptables -P INPUT ACCEPT; sudo iptables -F; sudo iptables -X; sudo iptables -A INPUT -i lo -j ACCEPT; sudo iptables -P INPUT DROP",
  ],
  ["rules that were kept", "sudo iptables -F; sudo iptables-restore < /etc/iptables/rules.v4"],
  ["NAT alone", "sudo iptables -t nat -F; sudo iptables -P FORWARD ACCEPT; sudo iptables -A INPUT -p tcp --dport 22 -j ACCEPT"],
  [
    "a lock for the time of a migration",
    `${METADATA.replace("OUTPUT", "INPUT")}; true; ${METADATA.replace("OUTPUT", "INPUT").replace("-A", "-D")}`,
  ],
  ["a table that goes as it came", `${OTHERS}true; sudo nft delete table ip own`],
  ["a unit that undoes at its end what it did", OTHERS + UNIT],
  [
    "a unit that goes with its file",
    OTHERS + UNIT,
    "sudo systemctl disable --now own-nat.service; sudo rm -f /etc/systemd/system/own-nat.service",
  ],
  ["a unit that is started again", OTHERS + UNIT, "sudo systemctl stop own-nat.service; sudo systemctl start own-nat"],
  [
    "all tables, for a set that lets nothing through either",
    OTHERS,
    `${put("/etc/nftables.conf", `flush ruleset\n${FILTER}`)}sudo nft -f /etc/nftables.conf`,
  ],
  ["all rules of a chain, and that of another step among those that come", METADATA, `sudo iptables -F; ${METADATA}`],
  ["a routing rule that refuses nobody", "sudo ip rule del from 10.0.1.5 table 100; sudo ip rule add from 10.0.1.5 table 100"],
  ["what is only looked at", "sudo nft list ruleset; sudo iptables -L -n; sudo nft -c -f /etc/nftables.conf; ip rule"],
])("is left alone: %s", async (_, ...steps) => {
  expect(await verdicts(readable, steps)).toEqual([]);
});

test("the message has the command and what it takes away", async () => {
  const [found] = await readable.evaluate(program(["sudo nft flush ruleset"]), settings);
  expect(found?.message).toContain(
    "«nft flush ruleset», which takes away rules of the packet filter, and nothing puts others in their place",
  );
});
