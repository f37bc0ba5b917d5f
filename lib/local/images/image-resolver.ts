import type { ImageMap } from './image-map';
import { matchesImage } from './image-reference';
import type { ImageTarget, LocalProgram, Program } from './program';
import { sampleProgram } from './sample-images';

export interface ImageResolverOptions {
  /** What constructs said under `local:`. */
  readonly local?: readonly LocalProgram[];
  /** `knc.images.yaml`. */
  readonly map?: ImageMap;
  /** Where the bundled samples are; without it there are none. */
  readonly samplesDir?: string;
}

/** What an image means on this machine, in order: `local:` of a construct, `knc.images.yaml`, a bundled sample. */
export class ImageResolver {
  #local: readonly LocalProgram[];
  #map: ImageMap | undefined;

  constructor(private readonly options: ImageResolverOptions = {}) {
    this.#local = options.local ?? [];
    this.#map = options.map;
  }

  /** Replaces what is known, for example after the files changed. */
  update(known: Pick<ImageResolverOptions, 'local' | 'map'>): void {
    this.#local = known.local ?? [];
    this.#map = known.map;
  }

  /** The program for a container, or undefined if only a container engine can run the image. */
  resolve(target: ImageTarget): Program | undefined {
    return (
      this.#local.find((entry) => isMeant(entry, target))?.program ??
      this.#map?.find(target.image) ??
      (this.options.samplesDir === undefined ? undefined : sampleProgram(target.image, this.options.samplesDir))
    );
  }
}

function isMeant(entry: LocalProgram, target: ImageTarget): boolean {
  return (
    (entry.namespace === undefined || entry.namespace === target.namespace) &&
    (entry.service === undefined || entry.service === target.service) &&
    (entry.image === undefined || matchesImage(entry.image, target.image))
  );
}

/** What a pod says whose image cannot be run here: what is missing, and the lines that mend it. @param engine why no engine runs it */
export function unmappedImage(image: string, engine = 'no container engine (podman, docker) is on PATH'): string {
  return [
    `no local program is known for image ${JSON.stringify(image)}, and ${engine}`,
    'Say in knc.images.yaml which program stands for it:',
    'images:',
    `  ${JSON.stringify(image)}:`,
    '    command: [node, server.js]',
  ].join('\n');
}
