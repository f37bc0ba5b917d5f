import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Tags } from 'yaml';
import type { KubeObject } from '../../api';
import { errorMessage } from '../../base';
import type { ProblemEntry } from '../output/problem';
import { ProblemError } from '../output/problem';
import type { LoadedObject } from './loaded-input';
import { positionOf, type TextPosition } from './yaml-position';

/**
 * Tags of YAML 1.1 that Kubernetes' parser does not resolve: such values stay strings there. (`0644` is octal and `yes` is
 * true there, so YAML 1.2 will not do.)
 */
const NOT_IN_KUBERNETES = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
]);

const kubernetesTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) => typeof tag === 'string' || (!NOT_IN_KUBERNETES.has(tag.tag) && !('format' in tag && tag.format === 'TIME')),
  );

/** What a YAML text holds: its objects, and what is wrong with the rest of it. */
export interface YamlContent {
  readonly objects: readonly LoadedObject[];
  readonly mistakes: readonly YamlMistake[];
}

export interface YamlMistake {
  /** KNC4002 for what is no YAML, KNC4003 for what is no object. */
  readonly code: 'KNC4002' | 'KNC4003';
  /** `hello.yaml, document 2`. */
  readonly source: string;
  readonly text: string;
  readonly position: TextPosition;
}

interface Place {
  readonly where: string;
  readonly value: unknown;
  /** Undefined for a document that holds nothing that could have a position. */
  readonly node: Node | undefined;
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

/** The items of a List; anything else is itself. */
function expand(place: Place): Place[] {
  const { where, value, node } = place;
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [place];
  const list = isMap(node) ? node.get('items', true) : undefined;
  const nodes = isSeq(list) ? list.items : [];
  return items.map((item: unknown, i) => ({ where: `${where}, item ${i + 1}`, value: item, node: nodes[i] as Node | undefined }));
}

function missingFields(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a mapping of fields';
  const object = value as Partial<KubeObject>;
  const missing = [
    typeof object.apiVersion === 'string' ? [] : ['apiVersion'],
    typeof object.kind === 'string' ? [] : ['kind'],
    typeof object.metadata?.name === 'string' ? [] : ['metadata.name'],
  ].flat();
  return `missing field(s): ${missing.join(', ')}`;
}

function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

/** The objects of a YAML text, read as Kubernetes reads YAML, and every mistake in it. `file` names the text. */
export function readYaml(text: string, file: string): YamlContent {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { version: '1.1', customTags: kubernetesTags, lineCounter: lines });
  const documents = (Array.isArray(parsed) ? parsed : []).filter((document) => !isEmpty(document));
  const objects: LoadedObject[] = [];
  const mistakes: YamlMistake[] = [];
  documents.forEach((document, i) => {
    const source = documents.length > 1 ? `${file}, document ${i + 1}` : file;
    const broken = (offset: number, message: string) => {
      const { line, col } = lines.linePos(offset);
      mistakes.push({ code: 'KNC4002', source, text: message, position: { line, column: col, length: 1 } });
    };
    for (const error of document.errors) {
      broken(error.pos[0], error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''));
    }
    if (document.errors.length > 0) return;
    const contents = document.contents as Node;
    let value: unknown;
    try {
      value = document.toJS();
    } catch (error) {
      // Aliases that stand for each other a million times over are refused by the parser.
      broken(contents.range?.[0] ?? 0, errorMessage(error));
      return;
    }
    for (const place of expand({ where: source, value, node: contents })) {
      const root = place.node ?? contents;
      const position = (path: string) => positionOf(document, root, path, lines);
      if (isObject(place.value)) objects.push({ object: place.value, source: place.where, synthesized: false, file, position });
      else mistakes.push({ code: 'KNC4003', source: place.where, text: missingFields(place.value), position: position('') });
    }
  });
  return { objects, mistakes };
}

const TITLES = {
  KNC4002: 'The input is not valid YAML',
  KNC4003: 'The YAML holds something that is no Kubernetes object',
} as const;

/**
 * The Kubernetes objects of a YAML text, read as Kubernetes reads YAML. `file` names the text in messages.
 * Throws with every mistake at once: KNC4002 for what is no YAML, KNC4003 for what is no object.
 */
export function parseYaml(text: string, file: string): LoadedObject[] {
  const { objects, mistakes } = readYaml(text, file);
  const unreadable = mistakes.filter(({ code }) => code === 'KNC4002');
  const shown = unreadable.length > 0 ? unreadable : mistakes;
  if (shown.length === 0) return [...objects];
  const entries = shown.map(({ code, source, text, position }): ProblemEntry => {
    const where = code === 'KNC4002' ? `${file}:${position.line}:${position.column}` : source;
    return { where, messages: [{ text }] };
  });
  throw new ProblemError(shown[0]!.code, TITLES[shown[0]!.code], entries);
}
