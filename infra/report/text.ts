/** Texts of a program that go into a report: bounded, readable, and never a secret. Pure. */
import type { Resource } from "../../policies/core/types";
import { safeText } from "../diff/safe";

/** Longer labels would make boxes that no screen holds. */
const LABEL = 44;

/** A name in the picture. */
export function shown(text: string): string {
  const safe = safeText(text).replace(/\s+/g, " ");
  const characters = [...safe];
  return characters.length <= LABEL ? safe : `${characters.slice(0, LABEL - 1).join("")}…`;
}

/** A known property that is a text, a number or a switch, and no secret; else nothing. */
export function plain({ inputs }: Pick<Resource, "inputs">, property: string): string {
  const value = Object.hasOwn(inputs, property) ? inputs[property] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? shown(String(value)) : "";
}
