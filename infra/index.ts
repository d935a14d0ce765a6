import * as path from "path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./config/load";
import { program } from "./program";
import { operatorAddress } from "./remote/operator-address";

/** The stack's outputs; the CLI awaits the function and registers what it returns. */
export = async (): Promise<pulumi.Inputs> => {
  try {
    return { ...(await program(path.resolve(__dirname, ".."), { operatorAddress })) };
  } catch (error) {
    // The reader needs the list of problems, not where in this program it was made.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
};
