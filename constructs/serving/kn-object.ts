import { ApiObject, type ApiObjectProps, type JsonPatch, resolve } from 'cdk8s';
import type { Construct } from 'constructs';
import { mergePatch } from '../../lib/base';

/** What a `KnObject` is made of. */
interface KnObjectProps<T> extends ApiObjectProps {
  /** Completes the object after every patch. */
  readonly complete?: (object: T) => T;
}

/**
 * The API object under a construct: a plain cdk8s `ApiObject` with merge patches. Order: the props, then JSON patches
 * (RFC 6902), then merge patches (RFC 7386); what a patch says is what comes out.
 */
export class KnObject<T> extends ApiObject {
  readonly #mergePatches: unknown[] = [];
  readonly #complete: (object: T) => T;
  #patched = false;

  constructor(scope: Construct, id: string, { complete, ...props }: KnObjectProps<T>) {
    super(scope, id, props);
    this.#complete = complete ?? ((object) => object);
  }

  /** Whether an escape hatch has been used. */
  get patched(): boolean {
    return this.#patched;
  }

  override addJsonPatch(...ops: JsonPatch[]): void {
    this.#patched = true;
    super.addJsonPatch(...ops);
  }

  /**
   * Merges `patch` into the synthesized object (RFC 7386): objects are merged, lists are replaced whole, null removes.
   * Patches are applied in the order in which they were added, after every JSON patch; `Lazy` works anywhere inside.
   */
  mergePatch(patch: object): void {
    this.#patched = true;
    this.#mergePatches.push(patch);
  }

  override toJson(): T {
    const json = this.#mergePatches.reduce<unknown>(
      (object, patch) => mergePatch(object, resolve([], patch, this)),
      super.toJson(),
    );
    const complete = this.#complete(json as T);
    return this.#patched && !process.env.CDK8S_DISABLE_SORT ? sortKeys(complete) : complete;
  }
}

/** The top level keeps the order in which cdk8s writes it; below, keys are sorted as cdk8s sorts them. */
function sortKeys<T>(object: T): T {
  return Object.fromEntries(Object.entries(object as object).map(([key, value]) => [key, sortDeep(value)])) as T;
}

function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortDeep(item)]),
  );
}
