/** DJANGO_SETTINGS_MODULE of the hosts that run the application, wherever it is given. Pure. */
import type { AppTree } from "../app/tree";
import { isPlaceholder } from "./placeholder";
import type { Sections } from "./structure";
import { isGroup } from "./values";

const NAME = "DJANGO_SETTINGS_MODULE";

interface Given {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
}

/**
 * @returns the module, where it can be seen and all hosts have the same; and what is wrong with one that is a secret, whose value no message may show:
 * such a module is followed only where it is there
 */
export function djangoSettings(
  project: string,
  tree: AppTree,
  sections: Sections,
): { readonly module?: string; readonly problems: string[] } {
  const { gateway } = sections;
  const own = isGroup(gateway) ? gateway : {};
  const given = [givenIn("", sections), ...(own.mode === "proxy" ? [] : [givenIn("gateway.", own)])].filter((one) => one !== undefined);
  const problems = given
    .filter(({ value, secret }) => secret && has(tree, value.split(".")[0] ?? "") && !has(tree, value))
    .map(
      ({ key }) =>
        `${project}:${key}: names a module that the application's folder does not have, so Django could not start; correct it, or write it in ${key.replace("secretEnv", "env")}, for it is no secret and is shown there`,
    );
  const [only, ...others] = new Set(given.map(({ value }) => value));
  const seen = only !== undefined && others.length === 0 && given.every(({ value, secret }) => !secret || has(tree, value));
  return { ...(seen ? { module: only } : {}), problems };
}

function givenIn(place: string, { env, secretEnv }: Sections): Given | undefined {
  const of = (group: unknown): unknown => (isGroup(group) ? group[NAME] : undefined);
  const value = of(secretEnv) ?? of(env);
  // A preview without the stack's key has another text in the place of a secret.
  if (typeof value !== "string" || isPlaceholder(value)) return undefined;
  const secret = of(secretEnv) !== undefined;
  return { key: `${place}${secret ? "secretEnv" : "env"}.${NAME}`, value, secret };
}

function has(tree: AppTree, module: string): boolean {
  const path = module.replace(/\./g, "/");
  const places = ["", "src/"].flatMap((folder) => [`${folder}${path}.py`, `${folder}${path}/`]);
  return tree.entries.some((entry) =>
    places.some((place) => entry.path === place || (place.endsWith("/") && entry.path.startsWith(place))),
  );
}
