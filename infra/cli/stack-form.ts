/** What names a stack whose file is read here: anything else would lead to a file of another folder. */
import type { Form } from "../../policies/cli/arguments";
import { STACK_NAME } from "../init/plan";

export const STACK_FORM: Form = { pattern: STACK_NAME, what: "the NAME of a file Pulumi.NAME.yaml (letters, digits, - _ and .)" };
