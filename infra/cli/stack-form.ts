/** How a command takes the name of a stack whose file it reads. */
import type { Form } from "../../policies/cli/arguments";

export const STACK_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Anything else would lead to a file of another folder. */
const FORM: Form = { pattern: STACK_NAME, what: "the NAME of a file Pulumi.NAME.yaml (letters, digits, - _ and .)" };

export const STACK = { kind: "text", value: "NAME", short: "s", form: FORM } as const;
