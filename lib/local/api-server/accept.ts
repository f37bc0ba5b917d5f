import { ClusterError } from '../../kube';

/** In which form a client wants an answer. */
export interface Accepted {
  readonly format: 'json' | 'yaml' | 'protobuf';
  /** As what an object or a list is sent. */
  readonly as: 'object' | 'table' | 'metadata' | 'discovery';
  /** The media type of the answer. */
  readonly contentType: string;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const FORMATS: Readonly<Record<string, Accepted['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
};

const ANY = new Set(['*/*', 'application/*']);

function mediaRanges(header: string): MediaRange[] {
  return header.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
    const pairs = parameters.map((text): [string, string] => {
      const at = text.indexOf('=');
      return at < 0 ? [text.toLowerCase(), ''] : [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
    });
    return { type: type.toLowerCase(), parameters: new Map(pairs) };
  });
}

/** What a range with `as=` asks for; undefined if it asks for something that is not to be had here. */
function transformOf({ parameters }: MediaRange): Accepted['as'] | undefined {
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  const of = `${parameters.get('g')}/${parameters.get('v')}`;
  if (as === 'Table' && of === 'meta.k8s.io/v1') return 'table';
  if ((as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') && of === 'meta.k8s.io/v1') return 'metadata';
  return as === 'APIGroupDiscoveryList' && of === 'apidiscovery.k8s.io/v2' ? 'discovery' : undefined;
}

/** How much a range is wanted, from 0 to 1: `q`. */
function quality({ parameters }: MediaRange): number {
  const q = Number.parseFloat(parameters.get('q') ?? '1');
  return Number.isNaN(q) ? 1 : q;
}

/**
 * The form of an Accept header that is wanted most of those that are to be had, the first of equals. Tables, metadata and discovery are JSON; protobuf is sent to those who take nothing else.
 *
 * @throws ClusterError NotAcceptable
 */
export function accepted(header: string | undefined, offered: ReadonlySet<Accepted['as']>): Accepted {
  const ranges = mediaRanges(header ?? '*/*')
    .filter((range) => quality(range) > 0)
    .sort((a, b) => quality(b) - quality(a));
  const possible = ranges.flatMap((range): Accepted[] => {
    const as = transformOf(range);
    const format = ANY.has(range.type) || range.type === '' ? 'json' : FORMATS[range.type];
    if (as === undefined || format === undefined || !offered.has(as)) return [];
    if (as !== 'object' && format !== 'json') return [];
    return [{ format, as, contentType: contentTypeOf(format, as) }];
  });
  const chosen = possible.find(({ format }) => format !== 'protobuf') ?? possible[0];
  if (chosen) return chosen;
  throw new ClusterError('NotAcceptable', `only the following media types are accepted: ${Object.keys(FORMATS).join(', ')}`);
}

function contentTypeOf(format: Accepted['format'], as: Accepted['as']): string {
  if (as === 'discovery') return 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  if (format === 'json') return 'application/json';
  return format === 'yaml' ? 'application/yaml' : 'application/vnd.kubernetes.protobuf';
}
