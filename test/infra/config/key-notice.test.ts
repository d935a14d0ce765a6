import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import { keyNotice } from "../../../infra/config/key-notice";
import { fingerprint } from "../../../infra/config/ssh-key";
import type { SshKey } from "../../../infra/config/types";

const key = (): SshKey => ({
  publicKey: utils.generateKeyPairSync("ed25519").public.split(" ").slice(0, 2).join(" "),
  privateKey: pulumi.secret("never shown"),
});
const [OLD, NEW, OTHER] = [key(), key(), key()];
const print = (one: SshKey): string => fingerprint(one.publicKey);

test("fingerprints are those of ssh-keygen -l", () => {
  const github = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  expect(fingerprint(github)).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
});

test.each<[string, SshKey, SshKey | undefined, string | undefined, RegExp | undefined]>([
  ["first run", NEW, undefined, undefined, undefined],
  ["same key", NEW, undefined, print(NEW), undefined],
  [
    "another key alone",
    NEW,
    undefined,
    print(OLD),
    /^warn .*fails with "unable to authenticate".*pulumi config set --stack s --secret p:sshPreviousPrivateKey < KEYFILE/,
  ],
  ["another key and the old one", NEW, OLD, print(OLD), /^info .*is rotated from .* to .*No instance is replaced/],
  ["another key and the old one, nothing known", NEW, OLD, undefined, /^info .*is rotated from/],
  ["another key and a wrong old one", NEW, OTHER, print(OLD), /^warn p:sshPreviousPrivateKey is .*they may refuse it/],
  ["rotated", NEW, OLD, print(NEW), /^info .*both hosts accept .*pulumi config rm --stack s p:sshPreviousPrivateKey/],
])("%s", (_title, current, previous, last, expected) => {
  const notice = keyNotice({ project: "p", stack: "s", ssh: { user: "ubuntu", ...current, previous } }, last);
  if (expected === undefined) {
    expect(notice).toBeUndefined();
  } else {
    expect(`${notice?.level ?? ""} ${notice?.text ?? ""}`).toMatch(expected);
  }
});
