import type { Random } from '../base';
import type { RawHeaders } from './message';

/** Where part of a path's traffic goes. */
export interface SplitTarget {
  readonly namespace: string;
  readonly service: string;
  readonly port: number | string;
  readonly percent: number;
  /** Fields set on the request for this target: the path's, then the split's own, which win. */
  readonly setHeaders: RawHeaders;
  /** The names in `setHeaders`, in lower case. */
  readonly setNames: ReadonlySet<string>;
}

/** What a path says of one of its backends (networking.internal.knative.dev/v1alpha1 IngressBackendSplit). */
export interface SplitSpec {
  readonly serviceNamespace?: string;
  readonly serviceName?: string;
  readonly servicePort?: number | string;
  readonly percent?: number;
  readonly appendHeaders?: Readonly<Record<string, string>>;
}

/**
 * A weighted choice among backends. Every request is drawn by itself: neither its connection nor its client matters.
 * A single backend without a percentage gets everything; one with 0 percent among several gets nothing.
 */
export class Split {
  readonly targets: readonly SplitTarget[];
  readonly #total: number;

  constructor(splits: readonly SplitSpec[], pathHeaders: Readonly<Record<string, string>> = {}, namespace = '') {
    const targets = splits.map((split) => toTarget(split, pathHeaders, namespace, splits.length === 1));
    this.targets = targets.filter((target) => target.percent > 0);
    this.#total = this.targets.reduce((sum, target) => sum + target.percent, 0);
  }

  /** One backend, or undefined if none may get traffic. */
  choose(random: Random): SplitTarget | undefined {
    if (this.targets.length < 2) return this.targets[0];
    let point = random.next() * this.#total;
    for (const target of this.targets) {
      point -= target.percent;
      if (point < 0) return target;
    }
    return this.targets.at(-1);
  }
}

function toTarget(
  split: SplitSpec,
  pathHeaders: Readonly<Record<string, string>>,
  namespace: string,
  only: boolean,
): SplitTarget {
  const byName = new Map<string, readonly [string, string]>();
  for (const [name, value] of [...Object.entries(pathHeaders), ...Object.entries(split.appendHeaders ?? {})])
    byName.set(name.toLowerCase(), [name, value]);
  const percent = split.percent ?? 0;
  return {
    namespace: split.serviceNamespace || namespace,
    service: split.serviceName ?? '',
    port: split.servicePort ?? 80,
    percent: only && percent === 0 ? 100 : percent,
    setHeaders: [...byName.values()].flat(),
    setNames: new Set(byName.keys()),
  };
}
