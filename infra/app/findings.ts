/** What is found out about an application before anything is created. Pure. */

export interface Findings {
  /** They stop the deployment. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export interface Finding {
  /** Whether it is so, whatever happens. */
  readonly certain: boolean;
  readonly text: string;
}

/** When a line runs that the start runs. */
export function startText(at: "import" | "start" | "later"): string {
  return at === "import" ? "when it is imported" : "when it starts";
}

/** What is certain is a problem, the rest a notice. */
export function byCertainty(found: readonly Finding[]): Findings {
  const texts = (certain: boolean): string[] => found.filter((one) => one.certain === certain).map(({ text }) => text);
  return { problems: texts(true), notices: texts(false) };
}
