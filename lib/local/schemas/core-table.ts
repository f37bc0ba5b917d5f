import * as tables from './tables';

/** One field of a type of Kubernetes. */
export interface CoreField {
  /** Number in the protobuf message. */
  readonly number: number;
  readonly name: string;
  /** A scalar (`string bool int32 int64 bytes Time MicroTime Quantity IntOrString FieldsV1 RawExtension`), or id of a type. */
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map';
  /** Whether Kubernetes tells a zero value from none. */
  readonly pointer: boolean;
  readonly required: boolean;
  /** Whether the fields of the type are fields of the object itself. */
  readonly inline: boolean;
  /** Server-side apply: fields that tell the items of a list apart. */
  readonly keys?: readonly string[];
  /** Server-side apply: a list of which each item is owned by itself. */
  readonly set: boolean;
  /** Server-side apply: a map that is owned whole. */
  readonly atomic: boolean;
  /** Strategic merge: lists are merged, by this key, or item by item if it is empty. */
  readonly mergeKey?: string;
  /** Strategic merge: a patch may say which fields stay. */
  readonly retainKeys: boolean;
  /** Value of a key that an item does not give. */
  readonly fallback?: string;
}

/** A type of Kubernetes. */
export interface CoreType {
  /** As in Kubernetes' OpenAPI: `io.k8s.api.core.v1.Pod`. */
  readonly id: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Whether it has apiVersion and kind of its own. */
  readonly kind: boolean;
  /** Server-side apply: owned whole. */
  readonly atomic: boolean;
  readonly fields: readonly CoreField[];
}

/** Groups where a name is looked for that the type's own group does not have. */
const SHARED = ['io.k8s.api.core.v1', 'io.k8s.apimachinery.pkg.apis.meta.v1'];

/**
 * Reads the tables. `@ apiVersion prefix` begins a group; then `Type [atomic] [kind]: field; field; …`, continued on indented
 * lines. A field is `number name[!] type [flags]`: `!` required, `T[]` a list, `T{}` a map, `*T` a pointer; flags: `by=key` merged
 * by this key in every way, `map=keys` by server-side apply, `merge[=key]` by strategic merge, `set`, `atomic`, `retain`
 * (retainKeys), `inline`, `=value` (fallback of a key).
 */
function parseTables(): ReadonlyMap<string, CoreType> {
  const found: (CoreType & { readonly prefix: string })[] = [];
  let [apiVersion, prefix] = ['', ''];
  for (const text of Object.values(tables)) {
    for (const line of text.replaceAll('\n  ', ' ').split('\n')) {
      if (line.startsWith('@ ')) [apiVersion = '', prefix = ''] = line.slice(2).split(' ');
      else if (line) found.push({ ...parseType(line), id: `${prefix}.${line.split(/[ :]/, 1)[0]}`, apiVersion, prefix });
    }
  }
  const ids = new Set(found.map(({ id }) => id));
  const qualified = (name: string, own: string): string => {
    const holder = [own, ...SHARED].find((group) => ids.has(`${group}.${name}`));
    return holder ? `${holder}.${name}` : name;
  };
  return new Map(
    found.map(({ prefix: own, fields, ...type }) => [
      type.id,
      { ...type, fields: fields.map((field) => ({ ...field, type: qualified(field.type, own) })) },
    ]),
  );
}

function parseType(line: string): Pick<CoreType, 'name' | 'kind' | 'atomic' | 'fields'> {
  const colon = line.indexOf(':');
  const [name = '', ...flags] = line.slice(0, colon).split(' ');
  const fields = line
    .slice(colon + 1)
    .split(';')
    .map((field) => parseField(field.trim()));
  return { name, kind: flags.includes('kind'), atomic: flags.includes('atomic'), fields };
}

function parseField(text: string): CoreField {
  const [number = '', name = '', written = '', ...flags] = text.split(' ');
  const flag = (key: string) => flags.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
  const by = flag('by');
  return {
    number: Number(number),
    name: name.replace('!', ''),
    type: written.replace(/^\*|\[\]$|\{\}$/g, ''),
    shape: written.endsWith('[]') ? 'list' : written.endsWith('{}') ? 'map' : 'one',
    pointer: written.startsWith('*'),
    required: name.endsWith('!'),
    inline: flags.includes('inline'),
    keys: by ? [by] : flag('map')?.split(','),
    set: flags.includes('set'),
    atomic: flags.includes('atomic'),
    mergeKey: by ?? flag('merge') ?? (flags.includes('merge') ? '' : undefined),
    retainKeys: flags.includes('retain'),
    fallback: flag(''),
  };
}

let parsed: ReadonlyMap<string, CoreType> | undefined;

/** Every type by its id. The tables are read at the first call. */
export function coreTypes(): ReadonlyMap<string, CoreType> {
  parsed ??= parseTables();
  return parsed;
}

let kinds: ReadonlyMap<string, CoreType> | undefined;

/** The type of a kind of Kubernetes itself. Options and answers that belong to all groups are kinds of v1. */
export function coreKind(apiVersion: string, kind: string): CoreType | undefined {
  kinds ??= new Map(
    [...coreTypes().values()].filter((type) => type.kind).map((type) => [`${type.apiVersion}/${type.name}`, type]),
  );
  return kinds.get(`${apiVersion}/${kind}`);
}
