import * as path from "path";
import type * as pulumi from "@pulumi/pulumi";
import { printWithoutStacks } from "./errors";
import { operatorAddress } from "./remote/operator-address";
import { openTunnels } from "./remote/tunnels";

printWithoutStacks(process);

/** The stack's outputs; the CLI awaits the function and registers what it returns. */
export = async (): Promise<pulumi.Inputs> => {
  // Loaded here, so that a module that is missing or broken is reported like any other failure.
  const { program } = await import("./program");
  return { ...(await program(path.resolve(__dirname, ".."), { operatorAddress, openTunnels })) };
};
