import { type AnnotationKey, annotations as keys } from '../../lib/api';
import { type QuantityInput, quantity } from './quantity';

/** What a sidecar reserves, or may not exceed. */
export interface QueueSidecarAmounts {
  readonly cpu?: QuantityInput;
  readonly memory?: QuantityInput;
  readonly ephemeralStorage?: QuantityInput;
}

/** The sidecar `queue-proxy` of a service's pods. */
export interface QueueSidecarProps {
  /** Whether there is one. @default true */
  readonly enabled?: boolean;
  /** What it reserves. @default - as the platform says: 25m of a processor */
  readonly requests?: QueueSidecarAmounts;
  /** What it may not exceed. @default - as the platform says: no limit */
  readonly limits?: QueueSidecarAmounts;
}

const AMOUNTS: readonly (readonly ['requests' | 'limits', keyof QueueSidecarAmounts, AnnotationKey])[] = [
  ['requests', 'cpu', keys.queueSidecarCpuRequest],
  ['requests', 'memory', keys.queueSidecarMemoryRequest],
  ['requests', 'ephemeralStorage', keys.queueSidecarEphemeralStorageRequest],
  ['limits', 'cpu', keys.queueSidecarCpuLimit],
  ['limits', 'memory', keys.queueSidecarMemoryLimit],
  ['limits', 'ephemeralStorage', keys.queueSidecarEphemeralStorageLimit],
];

/** The annotations of the template that say whether pods have the sidecar, and what it gets; only what was set. */
export function queueSidecarAnnotations(given: boolean | QueueSidecarProps | undefined): Record<string, string> {
  if (given === undefined) return {};
  const props: QueueSidecarProps = typeof given === 'boolean' ? { enabled: given } : given;
  const amounts = AMOUNTS.flatMap(([kind, resource, [key]]) => {
    const amount = props[kind]?.[resource];
    return amount === undefined ? [] : [[key, quantity(amount)]];
  });
  return { [keys.queueSidecarEnabled[0]]: String(props.enabled ?? true), ...Object.fromEntries(amounts) };
}
