/**
 * A repository as a graph: each file is a resource whose URN is its path, so that these policies run, are configured,
 * exempted and reported like all others. Pure; read.ts makes the list from a directory.
 */
import { makeGraph, makeResource } from "../../../core/graph";
import { ofType } from "../../../core/references";
import type { Finding, Graph, Resource } from "../../../core/types";
import { asString } from "../../../core/values";

export const FILE = "repository:index:File";

export interface RepositoryFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  /** Undefined where the file is not text, or larger than what is read. */
  readonly text: string | undefined;
}

/** @param files what git tracks (or would: the files that are not ignored) */
export function repositoryGraph(files: readonly RepositoryFile[]): Graph {
  const resources = files.map(({ path, text }) =>
    makeResource({ urn: path, type: FILE, name: path, custom: false, inputs: text === undefined ? {} : { text } }),
  );
  return makeGraph(resources, true);
}

export function filesOf(graph: Graph): readonly Resource[] {
  return ofType(graph, FILE);
}

export function textOf(file: Resource): string | undefined {
  return asString(file.inputs.text);
}

/** @param line where in the file, from 1, where one line is meant */
export function found(path: string, message: string, line?: number): Finding {
  return { verdict: "violation", urn: path, message, ...(line === undefined ? {} : { source: { file: path, line } }) };
}
