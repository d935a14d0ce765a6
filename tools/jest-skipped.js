/** Ends a run with what was skipped and why: the name of a test, or of what it is in, holds the reason (test/needs.ts). */
const REASON = /\(skipped: ([^)]+)\)/;

module.exports = class {
  onRunComplete(_contexts, { testResults }) {
    const counts = new Map();
    for (const { fullName, status } of testResults.flatMap((file) => file.testResults)) {
      if (status !== "pending") continue;
      const reason = REASON.exec(fullName)?.[1] ?? "no reason was given";
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    for (const [reason, count] of counts)
      process.stderr.write(`Skipped: ${String(count)} ${count === 1 ? "test" : "tests"}, because ${reason}.\n`);
  }
};
