/** Tries stack files as `preview:offline` does, in this process: in a project of its own, with the sample application and models. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { policyConfigOf } from "../../../infra/cli/policy-config";
import { KNOWN_ERRORS, previewStack } from "../../../infra/cli/preview-stack";
import { readManifest } from "../../../models-manifest/manifest";
import { ensureSampleModels, SAMPLE_DIRECTORY } from "../../../models-manifest/sample-models";
import { ROOT } from "../evaluate";

/** A stack file without a mistake. */
export const GOOD = `config:
  aws:region: eu-central-1
  ml-gateway:gateway:
    sshFrom: [198.51.100.7/32]
  ml-gateway:app:
    path: templates/sample-app
`;

/** What comes from a validator, a parser or the system, and says nothing to whoever wrote the file. */
const RAW =
  /\bmust (be|NOT|have|match)\b|\^\[|\[\^|\\[dws][+*]|items ##|schema|undefined|instancePath|\bE(NOENT|ISDIR|ACCES|NOTDIR|LOOP)\b|Unexpected token|not valid JSON|\n\s+at |\[object/;
/** Each message says what to do: one of these words begins that part. */
const REMEDY =
  /\b(add|write|set|give|remove|indent|move|choose|keep|name|use|did you mean|fetch|restore|put|check|make|leave out|align|close|convert|export|known keys|begin|restore|pin|correct|look|install|Rename|Add|Remove|Fetch|Restore|Delete|Put|Write|Set|Make|run)\b/;

export interface Thoroughness {
  /** Text of a configuration of the policy pack. */
  readonly policies?: string;
  /** Whether a stack without a mistake is evaluated to its end; else until its first resource, before which all mistakes are said. @default true */
  readonly whole?: boolean;
}

export class Trial {
  readonly root = mkdtempSync(join(tmpdir(), "stack-trial-"));

  constructor() {
    // Made once for the checkout; a training takes a second.
    ensureSampleModels(readManifest("models-manifest/sample.json", ROOT), ROOT);
    for (const part of ["templates/sample-app", "models-manifest/sample.json", SAMPLE_DIRECTORY, "Pulumi.yaml"]) {
      cpSync(join(ROOT, part), join(this.root, part), { recursive: true });
    }
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  end(): void {
    rmSync(this.root, { recursive: true });
  }

  /** @returns one line each for what is wrong; none when the stack is evaluated. Errors that the command does not know are thrown. */
  async problems(stackFile: string | Buffer, { policies, whole = true }: Thoroughness = {}): Promise<string[]> {
    this.write("Pulumi.trial.yaml", stackFile);
    let registers = false;
    const say = (text: string): void => {
      registers = text.startsWith("registering ");
      if (registers && !whole) throw new Error("enough");
    };
    try {
      const config = policyConfigOf(policies === undefined ? undefined : "policies.json", policies ?? "");
      await previewStack(this.root, { stack: "trial", policies: config }, { say });
      return [];
    } catch (error) {
      if (registers && !whole) return [];
      if (!KNOWN_ERRORS.some((kind) => error instanceof kind)) throw error;
      return problemsOf(error as Error);
    }
  }
}

/** The sentences of an error that says several at once, without its heading. */
export function problemsOf({ message }: Error): string[] {
  const [head = "", ...lines] = message.split("\n");
  return /^(the configuration of this stack has|what the configuration names cannot|the models cannot|--policy-config .* cannot be used:$)/.test(
    head,
  )
    ? lines.map((line) => line.trim().replace(/^- /, ""))
    : [head, ...lines];
}

/** What every message fulfils. */
export function expectClear(problem: string, hidden: readonly string[] = []): void {
  expect(problem).not.toMatch(RAW);
  expect(problem).toMatch(/^[^\s:].*?: \S/);
  expect(problem).toMatch(REMEDY);
  for (const secret of hidden) expect(problem).not.toContain(secret);
}
