import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { errorMessage, KncError } from '../../base';
import { matchesImage } from './image-reference';
import type { Program } from './program';

export interface ImageMapOptions {
  /** The repository that mapped paths must stay inside. @default the folder of the file */
  readonly root?: string;
  /** Lets mapped paths lie anywhere. @default false */
  readonly trusted?: boolean;
}

interface Entry {
  readonly pattern: string;
  readonly program: Program;
}

const PROGRAM_KEYS = ['command', 'cwd', 'env', 'allowCommand'];

/**
 * `knc.images.yaml`: which program stands for which image.
 *
 *     images:
 *       ghcr.io/acme/app:                  # every tag and digest
 *         command: [node, dist/server.js]
 *         cwd: services/app                # relative to this file; default: its folder
 *         env: { LOG_LEVEL: debug }
 *         allowCommand: false              # whether a container's own `command` may replace this one
 *       "ghcr.io/acme/*-worker:v2": { command: [./worker] }
 *
 * An entry that names the reference exactly comes before patterns; among patterns the first one counts.
 */
export class ImageMap {
  private constructor(private readonly entries: readonly Entry[]) {}

  /**
   * Reads and checks the file.
   * @throws KncError KNC3201 if it is not valid, KNC3202 if a path leaves the repository; `where` is `file:line`.
   */
  static load(file: string, options: ImageMapOptions = {}): ImageMap {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new KncError('KNC3201', `cannot read ${file}: ${errorMessage(error)}`, { where: file, cause: error });
    }
    return ImageMap.parse(text, file, options);
  }

  /** As `load`, from text that was read from `file`. */
  static parse(text: string, file: string, options: ImageMapOptions = {}): ImageMap {
    return new ImageMap(new Reader(text, file, options).entries());
  }

  /** The program for an image reference, if the file names one. */
  find(image: string): Program | undefined {
    const exact = this.entries.find((entry) => entry.pattern === image);
    return (exact ?? this.entries.find((entry) => matchesImage(entry.pattern, image)))?.program;
  }
}

/** Reads one file; every complaint names file, line and key. */
class Reader {
  readonly #lines = new LineCounter();
  readonly #folder: string;
  readonly #root: string;

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly options: ImageMapOptions,
  ) {
    this.#folder = dirname(resolve(file));
    this.#root = options.root ? resolve(options.root) : this.#folder;
  }

  entries(): Entry[] {
    const document = parseDocument(this.text, { lineCounter: this.#lines });
    const broken = document.errors[0];
    if (broken) throw this.#invalid(broken.message.split('\n')[0] ?? 'not YAML', broken.pos[0]);
    if (document.contents === null) return [];
    const top = this.#map(document.contents, 'the file');
    this.#knownKeys(top, ['images'], '');
    const images = top.get('images', true) as Node | undefined;
    if (images === undefined || (isScalar(images) && images.value === null)) return [];
    return this.#map(images, 'images').items.map((item) => {
      const pattern = String(isScalar(item.key) ? item.key.value : item.key);
      const path = `images.${JSON.stringify(pattern)}`;
      if (!item.value) throw this.#invalid(`${path}: expected an object with "command"`, offsetOf(item.key));
      return { pattern, program: this.#program(this.#map(item.value, path), path) };
    });
  }

  #program(node: YAMLMap, path: string): Program {
    this.#knownKeys(node, PROGRAM_KEYS, `${path}.`);
    const command = this.#command(node, path);
    const cwdNode = node.get('cwd', true) as Node | undefined;
    const cwd = resolve(this.#folder, cwdNode === undefined ? '.' : this.#string(cwdNode, `${path}.cwd`));
    this.#inside(cwd, `${path}.cwd`, cwdNode ?? node);
    const commandNode = node.get('command', true) as Node;
    for (const [i, part] of command.entries()) {
      if (looksLikePath(part)) this.#inside(resolve(cwd, part), `${path}.command[${i}]`, commandNode);
    }
    const env = node.get('env', true) as Node | undefined;
    const allowCommand = node.get('allowCommand', true) as Node | undefined;
    return {
      command,
      cwd,
      ...(env === undefined ? {} : { env: this.#env(this.#map(env, `${path}.env`), `${path}.env`) }),
      ...(allowCommand === undefined ? {} : { allowCommand: this.#boolean(allowCommand, `${path}.allowCommand`) }),
    };
  }

  #command(node: YAMLMap, path: string): string[] {
    const value = node.get('command', true) as Node | undefined;
    if (value === undefined) throw this.#invalid(`${path}.command: missing`, offsetOf(node));
    if (!isSeq(value) || value.items.length === 0) {
      throw this.#invalid(`${path}.command: expected a list of strings, for example [node, server.js]`, offsetOf(value));
    }
    return value.items.map((item, i) => this.#string(item as Node, `${path}.command[${i}]`));
  }

  #env(node: YAMLMap, path: string): Record<string, string> {
    return Object.fromEntries(
      node.items.map((item) => {
        const name = String(isScalar(item.key) ? item.key.value : item.key);
        return [name, this.#string(item.value as Node, `${path}.${name}`)];
      }),
    );
  }

  #map(node: unknown, path: string): YAMLMap {
    if (!isMap(node)) throw this.#invalid(`${path}: expected an object`, offsetOf(node));
    return node;
  }

  #string(node: Node | null, path: string): string {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    const hint = isScalar(node) && node.value !== null ? `; quote it: "${node.source ?? node.value}"` : '';
    throw this.#invalid(`${path}: expected a string${hint}`, offsetOf(node));
  }

  #boolean(node: Node, path: string): boolean {
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    throw this.#invalid(`${path}: expected true or false`, offsetOf(node));
  }

  #knownKeys(node: YAMLMap, known: readonly string[], prefix: string): void {
    for (const item of node.items) {
      const key = String(isScalar(item.key) ? item.key.value : item.key);
      if (!known.includes(key)) {
        throw this.#invalid(`${prefix}${key}: unknown key; known are ${known.join(', ')}`, offsetOf(item.key));
      }
    }
  }

  #inside(path: string, key: string, node: unknown): void {
    if (this.options.trusted) return;
    const real = existsSync(path) ? realpathSync(path) : path;
    const root = existsSync(this.#root) ? realpathSync(this.#root) : this.#root;
    const way = relative(existsSync(path) ? root : this.#root, real);
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return;
    throw new KncError('KNC3202', `${key}: ${path} is outside the repository ${this.#root}`, {
      where: this.#where(offsetOf(node)),
    });
  }

  #invalid(message: string, offset: number): KncError {
    return new KncError('KNC3201', message, { where: this.#where(offset) });
  }

  #where(offset: number): string {
    return `${this.file}:${this.#lines.linePos(offset).line}`;
  }
}

/** A command or argument that names a file by a path with a direction; bare names are looked up on PATH. */
function looksLikePath(part: string): boolean {
  return isAbsolute(part) || /^\.\.?(\/|$)/.test(part) || /(^|\/)\.\.(\/|$)/.test(part);
}

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0] ?? 0;
}
