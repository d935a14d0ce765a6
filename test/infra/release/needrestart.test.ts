/** templates/needrestart.conf, read by Perl as needrestart reads it, and what verify says of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPart, readTemplate } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";
import { functionOf } from "./functions";

const perl = unless(lacking("bash") ?? lacking("perl"));
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "needrestart-"));
  mkdirSync(join(root, "conf.d"));
  // What matters of the package's own file: a table of its own, and the folder behind it.
  write(
    "needrestart.conf",
    `$nrconf{override_rc} = {
    qr(^dbus) => 0,
    qr(^getty@.+\\.service) => 0,
};
if(-d q(${root}/conf.d)) {
      foreach my $fn (sort <${root}/conf.d/*.conf>) {
              print STDERR "$LOGPREF eval $fn\\n" if($nrconf{verbose});
              eval do { local(@ARGV, $/) = $fn; <>};
              die "Error parsing $fn: $@" if($@);
      }
}
`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(root, name), text);

/** verify's own words about a service. */
function said(service: string): string {
  const body = functionOf(readPart("verify"), "needrestart_leaves");
  const text = `set -Eeuo pipefail\nSERVICE=${service}\n${body.replaceAll("</etc/needrestart", `<${root}`)}\nneedrestart_leaves`;
  return execFileSync("bash", ["-c", text], { encoding: "utf8" });
}

perl("the application's services are only listed, and no other is touched", () => {
  write("conf.d/ddos.conf", readTemplate("needrestart.conf"));
  expect(said("ddos-backend")).toBe("yes");
  expect(said("ddos-gateway")).toBe("yes");
  expect(said("nginx")).toMatch(/^no, /);
});

perl("a file that is missing, says otherwise or is no Perl is named", () => {
  expect(said("ddos-backend")).toBe("no, /etc/needrestart/conf.d/ddos.conf does not say so");
  write("conf.d/a.conf", "$nrconf{override_rc}{qr(^ddos-)} = 1;\n");
  expect(said("ddos-backend")).toMatch(/^no, by .*ddos-/);
  write("conf.d/a.conf", "broken (\n");
  expect(said("ddos-backend")).toMatch(/^cannot tell: Error parsing .*a\.conf/);
});
