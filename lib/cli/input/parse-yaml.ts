import { LineCounter, parseAllDocuments, type Tags } from 'yaml';
import type { KubeObject } from '../../api';
import { errorMessage, KncError } from '../../base';
import type { ProblemEntry } from '../output/problem';
import { ProblemError } from '../output/problem';
import type { LoadedObject } from './loaded-input';

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

interface Place {
  readonly where: string;
  readonly value: unknown;
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

/** The items of a List; anything else is itself. */
function expand({ where, value }: Place): Place[] {
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ where, value }];
  return items.map((item: unknown, i) => ({ where: `${where}, item ${i + 1}`, value: item }));
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

function toValue(document: { toJS(): unknown }, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that stand for each other a million times over are refused by the parser.
    throw new KncError('KNC4002', errorMessage(error), { where: file, cause: error });
  }
}

/**
 * The Kubernetes objects of a YAML text, read as Kubernetes reads YAML. `file` names the text in messages.
 * Throws with every mistake at once: KNC4002 for what is no YAML, KNC4003 for what is no object.
 */
export function parseYaml(text: string, file: string): LoadedObject[] {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { version: '1.1', customTags: kubernetesTags, lineCounter });
  const documents = Array.isArray(parsed) ? parsed : [];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    const entries = errors.map((error): ProblemEntry => {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      const [message = ''] = error.message.split('\n');
      return { where: `${file}:${line}:${col}`, messages: [{ text: message.replace(/ at line \d+, column \d+:?$/, '') }] };
    });
    throw new ProblemError('KNC4002', 'The input is not valid YAML', entries);
  }
  const values = documents.map((document) => toValue(document, file)).filter((value) => value !== null && value !== undefined);
  const name = (i: number) => (values.length > 1 ? `${file}, document ${i + 1}` : file);
  const places = values.flatMap((value, i) => expand({ where: name(i), value }));
  const wrong = places.filter(({ value }) => !isObject(value));
  if (wrong.length > 0) {
    const entries = wrong.map(({ where, value }) => ({ where, messages: [{ text: missingFields(value) }] }));
    throw new ProblemError('KNC4003', 'The YAML holds something that is no Kubernetes object', entries);
  }
  return places.map(({ where, value }) => ({ object: value as KubeObject, source: where, synthesized: false }));
}
