/** The resource types of the pinned @pulumi/aws and their input properties, read from its type declarations. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ts from "typescript";

export interface Property {
  /** Type token, for example `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** Top-level property. */
  readonly name: string;
  /** Names of all fields below it. */
  readonly fields: readonly string[];
}

const ROOT = dirname(require.resolve("@pulumi/aws/package.json"));

/** Every input property of every resource type, in the order of the package's files. */
export function awsProperties(): Property[] {
  const nested = nestedFields(join(ROOT, "types", "input.d.ts"));
  return declarations(ROOT).flatMap((file) => {
    const token = /__pulumiType = '([^']+)'/.exec(readFileSync(file.replace(/\.d\.ts$/, ".js"), "utf8"))?.[1];
    if (token === undefined) return [];
    const source = parse(file);
    const args = source.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === `${lastOf(token)}Args`);
    if (!args || !ts.isInterfaceDeclaration(args)) return [];
    return properties(args).map(({ name, type }) => ({ type: token, name, fields: [...fieldsBelow(type, nested, new Set())] }));
  });
}

const lastOf = (token: string): string => token.split(":").pop() ?? "";

function declarations(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== "node_modules" && name !== "types")
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? declarations(path) : path.endsWith(".d.ts") ? [path] : []));
}

function parse(file: string): ts.SourceFile {
  // The comments are half of each file.
  const options = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  return ts.createSourceFile(file, readFileSync(file, "utf8"), options, false);
}

interface Declared {
  readonly name: string;
  readonly type: ts.TypeNode | undefined;
}

function properties(node: ts.InterfaceDeclaration): Declared[] {
  return node.members.flatMap((member) =>
    ts.isPropertySignature(member) && ts.isIdentifier(member.name) ? [{ name: member.name.text, type: member.type }] : [],
  );
}

/** `ec2.InstanceEbsBlockDevice` -> its members, for every interface of the file of nested types. */
function nestedFields(file: string): ReadonlyMap<string, readonly Declared[]> {
  const found = new Map<string, readonly Declared[]>();
  const visit = (statements: readonly ts.Statement[], path: string): void => {
    for (const one of statements) {
      if (ts.isInterfaceDeclaration(one)) found.set(path + one.name.text, properties(one));
      if (ts.isModuleDeclaration(one) && one.body && ts.isModuleBlock(one.body)) visit(one.body.statements, `${path}${one.name.text}.`);
    }
  };
  visit(parse(file).statements, "");
  return found;
}

/** Names of the fields of all nested types that a type mentions. A type that holds itself is read once. */
function fieldsBelow(type: ts.Node | undefined, nested: ReadonlyMap<string, readonly Declared[]>, seen: Set<string>): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) {
      const name = entityName(node.typeName).replace(/^inputs\./, "");
      const members = nested.get(name);
      if (members && !seen.has(name)) {
        seen.add(name);
        for (const member of members) {
          names.add(member.name);
          for (const below of fieldsBelow(member.type, nested, seen)) names.add(below);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  if (type) visit(type);
  return names;
}

function entityName(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${entityName(name.left)}.${name.right.text}`;
}
