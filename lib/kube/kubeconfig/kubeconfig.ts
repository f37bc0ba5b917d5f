import { isJsonObject, type JsonObject, KncError } from '../../base';

/** A value out of a kubeconfig, with the file that it comes from: paths in it are relative to that file. */
export interface Entry {
  readonly file: string;
  readonly name: string;
  readonly value: JsonObject;
}

/** Several kubeconfig files as one: of each name the first file counts (as client-go merges them). */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** A kubeconfig at fault: KNC4010 at `<file>: <field>`. */
export function invalidKubeconfig(file: string, field: string, what: string, remedy?: string): KncError {
  return new KncError('KNC4010', what, { where: `${file}: ${field}`, ...(remedy ? { remedy } : {}) });
}

/** The field as a string, or undefined if it is absent or empty. */
export function stringField(entry: Entry, field: string, path: string): string | undefined {
  const value = entry.value[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw invalidKubeconfig(entry.file, `${path}.${field}`, `expected a string, got ${JSON.stringify(value)}`);
}

/** The field as a boolean; absent is false. */
export function booleanField(entry: Entry, field: string, path: string): boolean {
  const value = entry.value[field];
  if (value === undefined || value === null || typeof value === 'boolean') return value === true;
  throw invalidKubeconfig(entry.file, `${path}.${field}`, `expected true or false, got ${JSON.stringify(value)}`);
}

function collect(into: Map<string, Entry>, file: string, parsed: JsonObject, list: string, inner: string): void {
  const items = parsed[list] ?? [];
  if (!Array.isArray(items)) throw invalidKubeconfig(file, list, 'expected a list');
  for (const [i, item] of items.entries()) {
    if (!isJsonObject(item) || typeof item['name'] !== 'string') {
      throw invalidKubeconfig(file, `${list}[${i}].name`, 'expected a name');
    }
    const { name } = item;
    const value = item[inner] ?? {};
    if (!isJsonObject(value)) throw invalidKubeconfig(file, `${list}[${i}].${inner}`, 'expected an object');
    if (!into.has(name)) into.set(name, { file, name, value });
  }
}

/** Puts parsed files together, the first that says something about a name winning. */
export function mergeKubeconfigs(files: readonly { readonly file: string; readonly parsed: unknown }[]): Kubeconfig {
  const contexts = new Map<string, Entry>();
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  let currentContext: string | undefined;
  for (const { file, parsed } of files) {
    if (parsed === null || parsed === undefined) continue;
    if (!isJsonObject(parsed)) throw invalidKubeconfig(file, 'document', 'expected an object of kind Config');
    const { kind, 'current-context': current } = parsed;
    if (kind !== undefined && kind !== 'Config') throw invalidKubeconfig(file, 'kind', `expected Config, got ${String(kind)}`);
    collect(contexts, file, parsed, 'contexts', 'context');
    collect(clusters, file, parsed, 'clusters', 'cluster');
    collect(users, file, parsed, 'users', 'user');
    if (typeof current === 'string' && current !== '') currentContext ??= current;
  }
  return { files: files.map(({ file }) => file), currentContext, contexts, clusters, users };
}
