/** Programs that decipher files where they lie: what was kept as a ciphertext is plain text from then on, whatever they print. */
import type { Call } from "../call";
import { newFile, openForWriting, writeContent } from "../channels";
import { resolveLinks } from "../files";
import { exactly } from "../mode";
import { parseOptions } from "../options";
import { DEEP, digestLabel, hole, holesOf, plain } from "../text";
import { absolute, place } from "../tree";

/** Begins the label of a text that lies where its ciphertext lay: what is committed next is the plain text. */
const IN_PLACE = "deciphered in place";
export const isDecipheredInPlace = (content: string | undefined): boolean =>
  holesOf(content ?? "").some(({ kind, label }) => kind === "secret" && label.startsWith(IN_PLACE.replaceAll(" ", "_")));
export const decipheredInPlace = (...from: readonly string[]): string => `${hole("secret", digestLabel(IN_PLACE, ...from))}\n`;

/** Filters of git and the like, which decipher all files of a working tree. By program: the words with which they do. */
const TREES: Readonly<Record<string, RegExp>> = {
  "git-crypt": /^unlock\b/u,
  "git-secret": /^reveal\b/u,
  git: /^(crypt unlock|secret reveal)\b/u,
  transcrypt: /^(?!.*(^|\s)(-d|--display|-f|--flush-credentials|-h|--help|-v|--version|-l|--list|-e|--export-gpg|--uninstall)\b)/u,
  blackbox_postdeploy: /(?:)/u,
  blackbox_decrypt_all_files: /(?:)/u,
};
/** Those that take files one by one: the word in front of the files. */
const FILES: Readonly<Record<string, string>> = {
  "ansible-vault": "decrypt",
  blackbox_decrypt_file: "",
  blackbox_edit_start: "",
  dotenvx: "decrypt",
  ccdecrypt: "",
};
/** And the words with which they make a ciphertext of them again. */
const ENCIPHERS = /^(encrypt|rekey)$/u;

/** Files that the program leaves as plain text, whatever it prints. */
export function noteDeciphered(call: Call): void {
  const { name, state, scope } = call;
  if (TREES[name]?.test(call.args.map(plain).join(" ")) === true) {
    const entry = { ...newFile(state, scope.context), secret: true, content: decipheredInPlace(name, state.cwd) };
    place(state, scope.context, `${state.cwd}/${DEEP}`, entry);
    return;
  }
  const verb = FILES[name];
  if (verb === undefined) return;
  const options = parseOptions(call.args, { values: "f", long: CIPHER_VALUES });
  const [action = "", ...rest] = verb === "" ? ["", ...options.operands] : options.operands;
  const files = [...rest, ...(name === "dotenvx" ? (options.given.get("f") ?? (rest.length > 0 ? [] : [".env"])) : [])];
  const to = options.value("output");
  if (plain(action) === verb) for (const file of to === undefined ? files : [to]) decipher(file, to === undefined, call);
  else if (ENCIPHERS.test(plain(action)))
    for (const file of files) {
      const path = resolveLinks(state.files, absolute(file, state));
      if (state.files.entries.has(path)) writeContent(state, scope.context, path, `${hole("value", digestLabel(name, path))}\n`, false);
    }
}

function decipher(file: string, isInPlace: boolean, { name, args, state, scope: { context } }: Call): void {
  if (file === "-" || args.includes("--stdout")) return;
  const path = resolveLinks(state.files, absolute(file.replace(/\.(gpg|cpt)$/u, ""), state));
  // Ansible takes the file away and makes a new one, which nobody else can read.
  if (name === "ansible-vault") state.files.entries.set(path, [newFile(state, context, exactly(0o600))]);
  else openForWriting(state, context, path, false);
  writeContent(state, context, path, isInPlace ? decipheredInPlace(name, path) : `${hole("secret", digestLabel(name, path))}\n`, false);
}

const CIPHER_VALUES = {
  output: "output",
  "vault-id": "vault-id",
  "vault-password-file": "vault-id",
  "vault-pass-file": "vault-id",
  "encrypt-vault-id": "vault-id",
  "new-vault-id": "vault-id",
  "env-file": "f",
  "env-keys-file": "keys",
};
