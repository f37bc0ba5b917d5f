import type { Container, KubeObject, PodSpec } from '../../api';
import {
  type ContainerEngine,
  type ImageMap,
  ImageResolver,
  type ImageTarget,
  type LocalProgram,
  type Program,
  sampleProgram,
} from '../../local/images';

/** A container that an input declares. */
export interface ImageUse extends ImageTarget {
  /** `Service default/hello`. */
  readonly object: string;
}

/** What an image means here: what a construct said, an entry of knc.images.yaml, a bundled sample, a container engine, nothing. */
export type Meaning = 'local' | 'map' | 'sample' | 'engine' | 'none';

export interface ImageMeaning {
  readonly image: string;
  readonly meaning: Meaning;
  /** What is run, unless a container engine does it. */
  readonly command?: readonly string[];
  readonly cwd?: string;
  /** The container engine. */
  readonly engine?: string;
  /** Objects that use the image. */
  readonly usedBy: readonly string[];
}

interface Templated {
  readonly template?: { readonly spec?: PodSpec };
}

function podSpecOf({ kind, spec }: KubeObject): PodSpec | undefined {
  if (kind === 'Pod' || kind === 'Revision') return spec as unknown as PodSpec;
  return (spec as Templated | undefined)?.template?.spec;
}

/** Every container of every object that has a pod template. */
export function imageUses(objects: readonly KubeObject[]): ImageUse[] {
  return objects.flatMap((object) => {
    const { kind, metadata, apiVersion } = object;
    const { namespace = '', name = '' } = metadata;
    const spec = podSpecOf(object);
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])] as readonly Container[];
    const service = kind === 'Service' && apiVersion.startsWith('serving.') ? { service: name } : {};
    return containers.flatMap(({ image, name: container = '' }) =>
      image ? [{ image, namespace, container, ...service, object: `${kind} ${namespace ? `${namespace}/` : ''}${name}` }] : [],
    );
  });
}

/** Where meanings come from, in the order in which they count. */
export interface MeaningSources {
  readonly local: readonly LocalProgram[];
  readonly map?: ImageMap;
  readonly samplesDir: string;
  readonly engine: ContainerEngine | undefined;
}

function meaningOf(use: ImageUse, sources: MeaningSources): Omit<ImageMeaning, 'image' | 'usedBy'> {
  const { local, map, samplesDir, engine } = sources;
  const program = ({ command, cwd }: Program) => ({ command, ...(cwd === undefined ? {} : { cwd }) });
  const said = new ImageResolver({ local }).resolve(use);
  if (said) return { meaning: 'local', ...program(said) };
  const mapped = map?.find(use.image);
  if (mapped) return { meaning: 'map', ...program(mapped) };
  const sample = sampleProgram(use.image, samplesDir);
  if (sample) return { meaning: 'sample', ...program(sample) };
  return engine ? { meaning: 'engine', engine: engine.name } : { meaning: 'none' };
}

/** What each image means, in the order of the input; one image may mean several things to several services. */
export function meanings(uses: readonly ImageUse[], sources: MeaningSources): ImageMeaning[] {
  const found = new Map<string, ImageMeaning>();
  for (const use of uses) {
    const meaning = meaningOf(use, sources);
    const key = JSON.stringify([use.image, meaning]);
    const before = found.get(key)?.usedBy ?? [];
    found.set(key, { image: use.image, ...meaning, usedBy: [...new Set([...before, use.object])] });
  }
  return [...found.values()];
}
