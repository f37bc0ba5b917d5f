/** Where the state of the Job for an event is told. */
export interface JobLocation {
  readonly namespace: string;
  readonly name: string;
  readonly source: string;
  readonly id: string;
}

/** A part of a path as Go writes it (url.PathEscape), whose clients may compare it. */
const escaped = (part: string): string =>
  encodeURIComponent(part)
    .replace(/%(24|26|2B|3D|3A|40)/g, (code) => decodeURIComponent(code))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export function locationOf({ namespace, name, source, id }: JobLocation): string {
  return `/namespaces/${escaped(namespace)}/name/${escaped(name)}/sources/${escaped(source)}/ids/${escaped(id)}`;
}

/** Reads the parts of such a path; undefined if it is none. */
export function parseLocation(parts: readonly string[]): JobLocation | undefined {
  if (parts.length !== 8) return undefined;
  try {
    const [, namespace = '', , name = '', , source = '', , id = ''] = parts.map(decodeURIComponent);
    return { namespace, name, source, id };
  } catch {
    return undefined;
  }
}
