import { definitionsText, kindDefinitions } from '../generated/schemas';
import type { Schema } from './schema';

let parsed: Readonly<Record<string, Schema>> | undefined;

/** The definition of this name. The table is parsed at the first call. */
export function definition(name: string): Schema {
  parsed ??= JSON.parse(definitionsText) as Record<string, Schema>;
  const found = parsed[name];
  if (!found) throw new TypeError(`no definition is named ${name}`);
  return found;
}

/** The schema of a kind, if it is one of Knative's. */
export function schemaOf(apiVersion: string, kind: string): Schema | undefined {
  const name = Object.hasOwn(kindDefinitions, `${apiVersion}/${kind}`) ? kindDefinitions[`${apiVersion}/${kind}`] : undefined;
  return name === undefined ? undefined : definition(name);
}

/** The schema itself, or the definition that it refers to with its own keywords on top. */
export function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...own } = schema;
  const found = definition($ref);
  return Object.keys(own).length === 0 ? found : { ...found, ...own };
}
