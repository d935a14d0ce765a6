/** Everything that is wrong with a manifest or its files, one line each: which file, what was found, what to do. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1 ? problems[0] : `${problems.length} problems with the models:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
    this.name = "ManifestError";
  }
}
