import type { Secret } from '../api';
import { isJsonObject, type JsonObject } from '../base';
import { globMatches } from './glob';
import { pulledName, type TaggedImage } from './tagged-image';

/** Name and password for a registry. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Credentials of pull secrets, by the registries and paths that they are for. */
export class DockerConfig {
  readonly #byKey = new Map<string, Credential[]>();

  /** Adds what a Secret has. @throws Error if it is no pull secret, or cannot be read; the message quotes nothing of it */
  add({ type, data = {} }: Secret): void {
    const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
    if (type === 'kubernetes.io/dockerconfigjson') this.#addAll(member(parsed(text('.dockerconfigjson')), 'auths'));
    else if (type === 'kubernetes.io/dockercfg') this.#addAll(parsed(text('.dockercfg')));
    else throw new Error(`is of type ${JSON.stringify(type ?? '')}, and no pull secret`);
  }

  /**
   * What the kubelet would try for an image, in its order: the longest path first (by reverse order of the alphabet, in fact), hosts with
   * `*` per part, and for Docker Hub what is kept under `index.docker.io`.
   */
  for(reference: TaggedImage): readonly Credential[] {
    const name = pulledName(reference);
    const keys = [...this.#byKey.keys()].sort().reverse();
    const found = keys.filter((key) => covers(key, name)).flatMap((key) => this.#byKey.get(key) ?? []);
    if (found.length > 0 || !name.startsWith('docker.io/')) return found;
    return this.#byKey.get('index.docker.io') ?? [];
  }

  #addAll(entries: JsonObject): void {
    for (const [location, entry] of Object.entries(entries)) {
      const key = keyOf(location);
      const credential = isJsonObject(entry) ? credentialOf(entry) : undefined;
      if (key !== undefined && credential) this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), credential]);
    }
  }
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {}
  throw new Error('has no Docker configuration that can be read');
}

const member = (object: JsonObject, name: string): JsonObject => {
  const value = object[name];
  return isJsonObject(value) ? value : {};
};

/** Host and path of a location, with or without a scheme; `/v1/` and `/v2/` at the beginning of the path mean nothing. */
function keyOf(location: string): string | undefined {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/?#]+)([^?#]*)/.exec(location) ?? [];
  const effective = path.replace(/^\/v[12](?=\/)/, '');
  return host === '' ? undefined : `${host.toLowerCase()}${effective === '/' ? '' : effective}`;
}

function credentialOf({ username, password, auth }: JsonObject): Credential | undefined {
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    // Docker pads what it writes with zero bytes.
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
  }
  const name = typeof username === 'string' ? username : '';
  const word = typeof password === 'string' ? password : '';
  return name === '' && word === '' ? undefined : { username: name, password: word };
}

function covers(key: string, name: string): boolean {
  const [pattern, target] = [split(key), split(name)];
  return (
    pattern.port === target.port &&
    target.path.startsWith(pattern.path) &&
    pattern.parts.length === target.parts.length &&
    pattern.parts.every((part, i) => globMatches(part, target.parts[i]!))
  );
}

interface Location {
  readonly parts: readonly string[];
  readonly port: string;
  readonly path: string;
}

function split(location: string): Location {
  const [, host = '', port = '', path = ''] = /^(\[[^\]]*\]|[^/:]*)(?::(\d+))?(.*)$/.exec(location) ?? [];
  return { parts: host.toLowerCase().split('.'), port, path };
}
