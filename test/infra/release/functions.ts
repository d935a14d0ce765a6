/** One function of a script of the hosts, for a test that runs it alone. @throws Error where the script has none of that name */
export function functionOf(script: string, name: string): string {
  const [found] = new RegExp(`\\n${name}\\(\\) \\{(?:.*\\}\\n|\\n[^]*?\\n\\}\\n)`).exec(script) ?? [];
  if (found === undefined) throw new Error(`the script has no function ${name}`);
  return found;
}
