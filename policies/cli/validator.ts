/**
 * A JSON schema as a function that says whether a value fits. Ajv writes the text of that function, and takes a tenth of a second a schema (and
 * as long to load); the text is kept, so that most processes need neither.
 */
import Ajv from "ajv";
import type { Options, ValidateFunction } from "ajv";
import standaloneCode from "ajv/dist/standalone";
import { version } from "ajv/package.json";
import { digestOf, keptText } from "../typescript/kept-text";

/** @param name of the file in which it is kept @param schema what JSON can say, and nothing else */
export function validator<T = unknown>(name: string, schema: object, options: Options): ValidateFunction<T> {
  const key = digestOf(JSON.stringify([version, options, schema]));
  const text = keptText({ folder: "validators", name, key }, () => written(schema, options));
  const made: { exports?: ValidateFunction<T> } = {};
  // Of our own compiler, and in this realm: Node's vm would make its arrays elsewhere under Jest.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const load = new Function("module", "require", text) as (module: typeof made, load: NodeJS.Require) => void;
  load(made, require);
  if (made.exports === undefined) throw new Error(`the validator of ${name} exports nothing`);
  return made.exports;
}

function written(schema: object, options: Options): string {
  const ajv = new Ajv({ ...options, code: { source: true } });
  return standaloneCode(ajv, ajv.compile(schema));
}
