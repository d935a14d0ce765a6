/** What the project's commands have in common. */
export { command, runCommand, start } from "./command";
export type { AnyCommand, Command, Group } from "./description";
export type { Form, Given, Options, Values } from "./arguments";
export { asProblems, EXIT, EXIT_MEANING, Problem, UsageProblem } from "./exit";
export type { ExitCode } from "./exit";
export type { Io } from "./io";
export { parseJsonText } from "./json-text";
export { Progress } from "./progress";
export { readNamed, reasonOf, systemSentence, writeNamed } from "./system-errors";
export { fitted, palette, screenOf, wrap } from "./terminal";
export type { Palette, Screen } from "./terminal";
export { pageCommand } from "./page";
