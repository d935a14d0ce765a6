/** Small applications of others, made for one test each: paths and texts in, a folder out. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseModule, type AppModule } from "../../../infra/app/module";
import { checkSyntax, type SyntaxReport, type SyntaxRequest } from "../../../infra/app/syntax";
import type { AppTree } from "../../../infra/app/tree";

/** A text, or where a symbolic link leads. */
export type Files = Readonly<Record<string, string | { readonly link: string }>>;

const made: string[] = [];

export function treeOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), "app-tree-"));
  made.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === "string") writeFileSync(join(root, path), content);
    else symlinkSync(content.link, join(root, path));
  }
  return root;
}

export function removeTrees(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
}

/** What is said of the code, as the preview asks for it, for hosts with Python 3.10. */
export const codeOf = (tree: AppTree, module = "main:app", more: Partial<SyntaxRequest> = {}): SyntaxReport =>
  checkSyntax(tree, { module: parseModule(module) as AppModule, pythons: ["3.10"], health: "/health", ...more });

/** A complete application; tests change one thing at a time. */
export const APP = {
  "ml_gateway/app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
  "requirements.txt": "fastapi==0.162.5\nuvicorn==0.54.0\npython-dotenv==1.2.4\n",
} as const;

/** With all columns: Jest takes a parameter that a row has nothing for as its own `done`. */
export const whole = <Row extends readonly unknown[]>(rows: readonly Row[], columns: number): Row[] =>
  rows.map((row) => Array.from({ length: columns }, (_, index) => row[index]) as unknown as Row);
