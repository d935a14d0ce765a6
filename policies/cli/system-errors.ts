/** Errors of the operating system as sentences: what, where, and what to do. */
import { accessSync, constants, lstatSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXIT, Problem } from "./exit";

interface SystemError {
  readonly code: string;
  readonly message: string;
  readonly syscall: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
}

const REMEDY: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder; check the path",
  ENOTDIR: "a part of the path is a file, where a folder is needed; check the path",
  EISDIR: "is a folder, where a file is needed; name a file in it",
  EEXIST: "is there already; choose another name, or remove it first",
  EACCES: "this user may not read or write it; change its permissions, or run the command as a user who may",
  EPERM: "this user may not do that; run the command as a user who may",
  EROFS: "the file system is read-only; choose a path on another one",
  ENOSPC: "there is no space left on the disk; free some, then run the same command again",
  EDQUOT: "the disk quota is used up; free some space, then run the same command again",
  EFBIG: "the file would be larger than is allowed here; raise the limit (ulimit -f)",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine; end other programs",
  ENOMEM: "there is not enough memory; end other programs, then run the same command again",
  ELOOP: "its symbolic links lead in a circle; correct them",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  EPIPE: "the program that read the output has ended; run it again without a pipe to see all",
  ECONNREFUSED: "nothing answers there; check the address, and that the service runs",
  ECONNRESET: "the connection was cut; run the same command again",
  ETIMEDOUT: "no answer in time; check the address and the network",
  EHOSTUNREACH: "there is no way to that address; check the network",
  ENETUNREACH: "there is no way to that network; check the network",
  EADDRINUSE: "something else listens there already; end it, or choose another port",
  ENOTFOUND: "the name does not resolve; check its spelling and the network",
  EAI_AGAIN: "the name does not resolve at the moment; check the network",
};

/** By its form and not by its class: errors of Node's own modules are of another realm in some runners. */
function isSystemError(error: unknown): error is SystemError {
  const { code, syscall, message } = (error ?? {}) as Partial<Record<keyof SystemError, unknown>>;
  return typeof code === "string" && /^E(?!RR_)[A-Z_0-9]+$/.test(code) && typeof syscall === "string" && typeof message === "string";
}

/**
 * One sentence for an error of the operating system; undefined for any other.
 * @param named what it is about, as the user wrote it; else what the error itself says
 */
export function systemSentence(error: unknown, named?: string): string | undefined {
  const lacking = missingPackage(error);
  if (lacking !== undefined) return `the npm package ${lacking} is not installed; run: npm ci`;
  if (isOfNul(error)) return `${named ?? "the path"}: holds a NUL character, which no path has; write it anew`;
  if (!isSystemError(error)) return undefined;
  const { code, syscall } = error;
  const program = /^spawn(?:Sync)? (.+)$/.exec(syscall)?.[1] ?? (syscall.startsWith("spawn") ? error.path : undefined);
  if (program !== undefined) return programSentence(program, code);
  const where = named ?? error.path ?? error.hostname ?? error.address ?? (syscall === "write" ? "the output" : syscall);
  return `${where}: ${REMEDY[code] ?? `${error.message} (${code})`}`;
}

/** Node refuses such a path before it asks the system. */
function isOfNul(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Partial<Record<"code" | "message", unknown>>;
  return code === "ERR_INVALID_ARG_VALUE" && typeof message === "string" && message.includes("without null bytes");
}

/** A package that package.json names and nobody has installed since; a missing file of the project itself is a fault. */
function missingPackage(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as Partial<Record<"code" | "message", unknown>>;
  if (code !== "MODULE_NOT_FOUND" || typeof message !== "string") return undefined;
  return /^Cannot find module '((?:@[\w.-]+\/)?[\w-][\w.-]*)/.exec(message)?.[1];
}

function programSentence(program: string, code: string): string {
  if (code === "ENOENT") return `the program "${program}" is not here: install it, or put its folder on PATH (ENOENT)`;
  if (code === "EACCES") return `the program "${program}" may not be run by this user: make it executable (EACCES)`;
  if (code === "ETIMEDOUT") return `the program "${program}" did not end in time: run the same command again (ETIMEDOUT)`;
  if (code === "ENOBUFS") return `the program "${program}" printed more than is read of it (ENOBUFS)`;
  return `the program "${program}" could not be started: ${REMEDY[code] ?? code} (${code})`;
}

/** The reason of a failure in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return systemSentence(error) ?? (error instanceof Error ? error.message : String(error));
}

/**
 * Text of a file that the user named, "-" for standard input.
 * @param option how the user named it, for the message
 * @throws Problem
 */
export function readNamed(file: string, option: string, from: string): string {
  try {
    return readFileSync(file === "-" ? 0 : resolve(from, file), "utf8");
  } catch (error) {
    throw asNamed(error, file, option);
  }
}

/** @throws Problem */
export function writeNamed(file: string, option: string, from: string, text: string): void {
  try {
    writeWhole(resolve(from, file), text);
  } catch (error) {
    throw asNamed(error, file, option);
  }
}

/** On a full disk, or when the command is ended, the file is as it was before: its text is written beside it first. */
function writeWhole(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const isLink = before === undefined && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  // A device, a pipe, a folder (which says so), a link to what is not there yet.
  if (isLink || before?.isFile() === false) {
    writeFileSync(path, text);
    return;
  }
  const place = before === undefined ? path : realpathSync(path);
  if (before !== undefined) accessSync(place, constants.W_OK);
  const beside = join(dirname(place), `.${process.pid}.part`);
  try {
    writeFileSync(beside, text, { mode: (before?.mode ?? 0o666) & 0o777 });
    renameSync(beside, place);
  } catch (error) {
    rmSync(beside, { force: true });
    // The file may be written to, and its folder not.
    if (before === undefined || !["EACCES", "EPERM"].includes((error as SystemError).code)) throw error;
    writeFileSync(place, text);
  }
}

const OF_THIS_MACHINE = ["ENOSPC", "EDQUOT", "ENOMEM", "EMFILE", "ENFILE"];

/** A full disk is not the user's mistake; a wrong path is. */
function asNamed(error: unknown, file: string, option: string): Error {
  const sentence = systemSentence(error, file === "-" ? "standard input" : file);
  if (sentence === undefined) return error as Error;
  return new Problem(`${option}: ${sentence}`, OF_THIS_MACHINE.includes((error as SystemError).code) ? EXIT.cannotTell : EXIT.usage);
}
