import { apiVersionOf, type KubeObject, type ResourceType, typeKey } from '../../api';
import { type Clock, timestamp } from '../../base';
import type { PatchOptions } from '../../kube';
import { kindSchema } from '../schemas';
import { decodeOwnerships, encodeOwnerships, FieldOwners, isReset, LAST_APPLIED, type Ownerships, type Writer } from './apply';

/** Sets `metadata.managedFields` of an object that is about to be stored. */
export type Tracked = (object: KubeObject) => KubeObject;

/** Who writes when nobody says: this process. */
const OWN_MANAGER = 'knc';

const withManagedFields = (object: KubeObject, managedFields: readonly unknown[] | undefined): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, managedFields },
});

/**
 * Keeps `metadata.managedFields`. As on an API server an object without owners stays without them until somebody applies it;
 * what is created without a field manager, as by this process's own controllers, begins so and costs nothing.
 */
export class OwnedWrites {
  readonly #byType = new Map<string, FieldOwners>();

  constructor(private readonly clock: Clock) {}

  /** For a write of `input` over `old`, or of something new. */
  tracking(type: ResourceType, old: KubeObject | undefined, input: KubeObject, options: PatchOptions): Tracked {
    const known = knownOwners(old, input, options.subresource !== undefined);
    const begins = old === undefined && options.fieldManager !== undefined;
    if (known.size === 0 && !begins)
      return (object) => (object.metadata.managedFields ? withManagedFields(object, undefined) : object);
    return (object) => {
      const owners = this.#owners(type).updated(old, object, known, this.#writer(type, options));
      return withManagedFields(object, owners === known ? encodedAs(input, old, owners) : encodeOwnerships(owners));
    };
  }

  /** What applying `config` to `live` makes of it, and its owners. @throws ClusterError Conflict */
  applied(
    type: ResourceType,
    live: KubeObject | undefined,
    config: KubeObject,
    options: PatchOptions,
  ): { readonly object: KubeObject; readonly owners: Tracked } {
    const known = live ? decodedOrNone(live.metadata.managedFields) : new Map();
    const writer = this.#writer(type, options);
    const { object, owners } = this.#owners(type).applied(live, config, known, writer, options.force ?? false);
    const managedFields = encodeOwnerships(owners);
    return {
      object: withLastApplied(object, config, live, writer),
      owners: (stored) => withManagedFields(stored, managedFields),
    };
  }

  #owners(type: ResourceType): FieldOwners {
    const key = typeKey(type);
    let owners = this.#byType.get(key);
    if (!owners) {
      owners = new FieldOwners(kindSchema(type), type.statusSubresource);
      this.#byType.set(key, owners);
    }
    return owners;
  }

  #writer(type: ResourceType, { fieldManager = OWN_MANAGER, subresource }: PatchOptions): Writer {
    const time = timestamp(this.clock.now());
    return { manager: fieldManager, apiVersion: apiVersionOf(type), subresource: subresource ?? '', time };
  }
}

function decodedOrNone(managedFields: readonly unknown[] | undefined): Ownerships {
  try {
    return decodeOwnerships(managedFields);
  } catch {
    return new Map();
  }
}

/** Owners as the client sends them, so that it can change them; those of the object if it sends none, or none that can be read. */
function knownOwners(old: KubeObject | undefined, input: KubeObject, partial: boolean): Ownerships {
  const given = input.metadata.managedFields;
  const live = old?.metadata.managedFields;
  if (partial || given === live) return decodedOrNone(live);
  if (isReset(given)) return new Map();
  const sent = decodedOrNone(given);
  return sent.size > 0 ? sent : decodedOrNone(live);
}

/** The entries as they are stored, if they say the same. */
function encodedAs(input: KubeObject, old: KubeObject | undefined, owners: Ownerships): readonly unknown[] | undefined {
  const live = old?.metadata.managedFields;
  return live && input.metadata.managedFields === live ? live : encodeOwnerships(owners);
}

/** For those who use `kubectl apply` in both ways: what was applied last on the server is what was applied last. */
function withLastApplied(object: KubeObject, config: KubeObject, live: KubeObject | undefined, { manager }: Writer): KubeObject {
  if (manager !== 'kubectl' || !live?.metadata.annotations?.[LAST_APPLIED]) return object;
  const { [LAST_APPLIED]: _, ...annotations } = config.metadata.annotations ?? {};
  const plain = { ...config, metadata: { ...config.metadata, annotations } };
  const text = `${JSON.stringify(plain)}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } },
  };
}
