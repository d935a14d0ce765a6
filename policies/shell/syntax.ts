/** The shell as the interpreter sees it: independent of the parser that made it. */

export type Part =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "parameter"; readonly parameter: Parameter; readonly quoted: boolean }
  | { readonly kind: "command"; readonly body: Script; readonly quoted: boolean }
  | { readonly kind: "process"; readonly direction: "<" | ">"; readonly body: Script }
  | { readonly kind: "arithmetic"; readonly text: string }
  | { readonly kind: "opaque"; readonly text: string };

/** `${name[index] operator argument}`; `length` for `${#name}`, `indirect` for `${!name}`. */
export interface Parameter {
  readonly name: string;
  readonly index?: string;
  readonly operator?: string;
  readonly argument?: Word;
  readonly replacement?: Word;
  readonly length?: boolean;
  readonly indirect?: boolean;
}

export interface Word {
  readonly parts: readonly Part[];
}

export interface Redirect {
  readonly fd?: number;
  /** `<`, `>`, `>>`, `>|`, `<>`, `&>`, `&>>`, `>&`, `<&`, `<<` (here document) or `<<<`. */
  readonly operator: string;
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly index?: string;
  readonly append: boolean;
  readonly value?: Word;
  readonly list?: readonly Word[];
}

export interface SimpleCommand {
  readonly kind: "simple";
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
}

export type Statement =
  | SimpleCommand
  | { readonly kind: "redirected"; readonly body: Statement; readonly redirects: readonly Redirect[] }
  | { readonly kind: "pipeline"; readonly parts: readonly Statement[] }
  | { readonly kind: "not"; readonly body: Statement }
  | { readonly kind: "both"; readonly operator: "&&" | "||"; readonly left: Statement; readonly right: Statement }
  | { readonly kind: "if"; readonly branches: readonly { readonly test: Script; readonly body: Script }[]; readonly otherwise?: Script }
  | { readonly kind: "for"; readonly name: string; readonly words?: readonly Word[]; readonly body: Script }
  | { readonly kind: "loop"; readonly until: boolean; readonly test: Script; readonly body: Script }
  | { readonly kind: "case"; readonly subject: Word; readonly arms: readonly CaseArm[] }
  | { readonly kind: "function"; readonly name: string; readonly body: Statement }
  | { readonly kind: "subshell"; readonly body: Script }
  | { readonly kind: "group"; readonly body: Script }
  | { readonly kind: "test"; readonly expression: TestExpression }
  | { readonly kind: "unparsed"; readonly line: number; readonly text: string; readonly isTooDeep?: boolean };

export interface CaseArm {
  readonly patterns: readonly Word[];
  readonly body: Script;
  readonly falls: boolean;
}

/** `[ ... ]`, `test ...` and `[[ ... ]]`; an opaque one may be true or false. */
export type TestExpression =
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Word }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: "not"; readonly body: TestExpression }
  | { readonly kind: "both"; readonly operator: "&&" | "||"; readonly left: TestExpression; readonly right: TestExpression }
  | { readonly kind: "word"; readonly word: Word }
  | { readonly kind: "opaque" };

export interface Script {
  readonly statements: readonly Statement[];
}

export const literal = (text: string, quoted = true): Word => ({ parts: [{ kind: "text", text, quoted }] });
