import { isJsonObject, jsonEqual, setOwn } from '../../base';
import { badRequest, patchFailed } from './refusals';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

type Container = unknown[] | Record<string, unknown>;
/** What to do at a place: `key` in a container that may be changed. */
type Edit = (container: Container, key: string) => void;

/**
 * RFC 6902. Either all operations are carried out or none: one that fails, or a `test` that does not hold, refuses the patch.
 * `document` is not changed.
 */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch is a list of operations');
  return patch.reduce((current, operation) => applyOperation(current, operation as Operation), document);
}

function applyOperation(document: unknown, { op, path, from, value }: Operation): unknown {
  if (typeof path !== 'string') throw badRequest('a JSON patch operation needs a path');
  switch (op) {
    case 'add':
      return edit(document, path, value, insert(value, path));
    case 'remove':
      return edit(document, path, undefined, removeAt(path));
    case 'replace':
      return edit(document, path, value, replaceAt(value, path));
    case 'test':
      if (!holds(document, path, value)) throw patchFailed(`testing value ${path} failed: test failed`);
      return document;
    case 'copy':
    case 'move': {
      const source = from ?? '';
      const moved = valueAt(document, source);
      if (op === 'move' && path.startsWith(`${source}/`)) throw patchFailed(`cannot move ${source} into itself`);
      const rest = op === 'move' ? edit(document, source, undefined, removeAt(source)) : document;
      return edit(rest, path, moved, insert(moved, path));
    }
    default:
      throw patchFailed(`unexpected kind: ${op}`);
  }
}

function segments(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw patchFailed(`invalid path ${JSON.stringify(path)}: it must begin with "/"`);
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

const missing = (path: string) => patchFailed(`path ${path} does not exist`);

function child(container: unknown, key: string, path: string): unknown {
  if (Array.isArray(container)) return container[index(key, container.length - 1, path)];
  if (typeof container !== 'object' || container === null || !Object.hasOwn(container, key)) throw missing(path);
  return (container as Record<string, unknown>)[key];
}

function valueAt(document: unknown, path: string): unknown {
  return segments(path).reduce((value, key) => child(value, key, path), document);
}

/** As Kubernetes has it, what is missing is null. */
function holds(document: unknown, path: string, value: unknown): boolean {
  if (value !== null) return jsonEqual(valueAt(document, path), value);
  const container = valueAt(document, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const [key = ''] = segments(path).slice(-1);
  const absent = isJsonObject(container) && !Object.hasOwn(container, key);
  return absent || valueAt(document, path) === null;
}

function index(key: string, max: number, path: string): number {
  if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) > max) throw missing(path);
  return Number(key);
}

/** Copies the containers on the way to `path` and lets `change` alter the last one; the empty path is the whole document. */
function edit(document: unknown, path: string, whole: unknown, change: Edit): unknown {
  const keys = segments(path);
  if (keys.length === 0) return whole;
  const copyOf = (value: unknown): Container => {
    if (typeof value !== 'object' || value === null) throw missing(path);
    return Array.isArray(value) ? [...value] : { ...value };
  };
  const root = copyOf(document);
  let container = root;
  for (const key of keys.slice(0, -1)) {
    const next = copyOf(child(container, key, path));
    if (Array.isArray(container)) container[Number(key)] = next;
    else setOwn(container, key, next);
    container = next;
  }
  change(container, keys[keys.length - 1]!);
  return root;
}

const insert =
  (value: unknown, path: string): Edit =>
  (container, key) => {
    if (!Array.isArray(container)) setOwn(container, key, value);
    else if (key === '-') container.push(value);
    else container.splice(index(key, container.length, path), 0, value);
  };

const removeAt =
  (path: string): Edit =>
  (container, key) => {
    child(container, key, path);
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else delete container[key];
  };

const replaceAt =
  (value: unknown, path: string): Edit =>
  (container, key) => {
    child(container, key, path);
    if (Array.isArray(container)) container[Number(key)] = value;
    else setOwn(container, key, value);
  };
