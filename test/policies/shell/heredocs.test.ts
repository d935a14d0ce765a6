/** A here document ends at the line that is its word, as in bash, not at one that only begins with it. */
import { filesAfter } from "../../../policies/shell/analyse";
import { shellParser } from "../../../policies/shell/parser";
import { plain } from "../../../policies/shell/text";

async function contentOf(script: string, path: string): Promise<string | undefined> {
  const { files, context } = filesAfter(script, await shellParser());
  expect(context.record.unclear).toEqual([]);
  return files.entries.get(path)?.map(({ content }) => plain(content ?? ""))[0];
}

const TEXT = "Host *\n  StrictHostKeyChecking no\nS S\n";
test.each([
  ["quoted", `cat > /etc/x <<'S'\n${TEXT}S\nchmod 600 /etc/x`],
  ["in double quotes", `cat > /etc/x <<"S"\n${TEXT}S\nchmod 600 /etc/x`],
  ["not quoted", `cat > /etc/x <<S\n${TEXT}S\nchmod 600 /etc/x`],
  ["one behind the other", `cat > /etc/y <<S\nSome\nS\ncat > /etc/x <<S\n${TEXT}S\n`],
  ["in a function", `f() {\n  cat > /etc/x <<'S'\n${TEXT}S\n}\nf`],
  ["with a pipe", `cat <<'S' | tee /etc/x >/dev/null\n${TEXT}S\n`],
])("%s", async (_, script) => {
  expect(await contentOf(script, "/etc/x")).toBe(TEXT);
});

test("tabs in front of the word count where the document strips them", async () => {
  expect(await contentOf("cat > /etc/x <<-'S'\n\tSome\n\tS\n", "/etc/x")).toBe("Some\n");
});

test("what follows the document is run, on its own line", async () => {
  const { files } = filesAfter("cat > /etc/x <<'S'\nSee\nS\nchmod 644 /etc/x", await shellParser());
  expect(files.entries.get("/etc/x")?.map(({ mode, place }) => [mode.set, place.line])).toEqual([[0o644, 4]]);
});

test("a file of mktemp in a linked folder is the one that is moved", async () => {
  const script = `mkdir -p /srv/r1; ln -s /srv/r1 /srv/now; t=$(mktemp /srv/now/x.XXXX); chown app:app "$t"; mv "$t" /srv/now/x`;
  const { files } = filesAfter(script, await shellParser());
  const left = [...files.entries].filter(([path, entries]) => path.includes("mktemp") && entries.some(({ kind }) => kind !== "absent"));
  expect(left).toEqual([]);
  expect(files.entries.get("/srv/r1/x")?.map(({ owner }) => owner)).toEqual(["app"]);
});
