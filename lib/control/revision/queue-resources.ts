import {
  type AnnotationKey,
  annotationOf,
  annotations,
  type Container,
  parseQuantity,
  type ResourceRequirements,
  type Revision,
  type ServingConfig,
} from '../../api';

type Amounts = Readonly<Record<string, string>>;

/** What the sidecar gets where feature `queueproxy.resource-defaults` is on and nothing else is said. */
const DEFAULTS = { requests: { cpu: '25m', memory: '400Mi' }, limits: { cpu: '1000m', memory: '800Mi' } } as const;

const SAID: Readonly<Record<keyof typeof DEFAULTS, readonly (readonly [resource: string, key: AnnotationKey])[]>> = {
  requests: [
    ['cpu', annotations.queueSidecarCpuRequest],
    ['memory', annotations.queueSidecarMemoryRequest],
    ['ephemeral-storage', annotations.queueSidecarEphemeralStorageRequest],
  ],
  limits: [
    ['cpu', annotations.queueSidecarCpuLimit],
    ['memory', annotations.queueSidecarMemoryLimit],
    ['ephemeral-storage', annotations.queueSidecarEphemeralStorageLimit],
  ],
};

/** The least and the most that a percentage of the user's container comes to: cores, and bytes. */
const MI = 2 ** 20;
const BOUNDS = {
  requests: { cpu: [0.025, 0.1], memory: [50 * MI, 200 * MI] },
  limits: { cpu: [0.04, 0.5], memory: [200 * MI, 500 * MI] },
} as const;

/**
 * Resources of the sidecar, as upstream has them: what the annotations of the revision say, else a percentage of the container that
 * serves, else config-deployment.
 */
export function queueResources(revision: Revision, serving: Container | undefined, config: ServingConfig): ResourceRequirements {
  const { queueSidecarRequests, queueSidecarLimits } = config.deployment;
  const withDefaults = config.features.queueProxyResourceDefaults === 'Enabled';
  const amounts = (kind: keyof typeof DEFAULTS, configured: Amounts): Amounts => ({
    ...(withDefaults ? DEFAULTS[kind] : {}),
    ...configured,
    ...percentOf(kind, revision, serving),
    ...said(kind, revision),
  });
  const limits = amounts('limits', queueSidecarLimits);
  return {
    requests: amounts('requests', queueSidecarRequests),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  };
}

function said(kind: keyof typeof SAID, { metadata }: Revision): Amounts {
  return Object.fromEntries(
    SAID[kind].flatMap(([resource, key]) => {
      const value = annotationOf(metadata.annotations, key);
      return value !== undefined && parseQuantity(value) !== undefined ? [[resource, value]] : [];
    }),
  );
}

function percentOf(kind: keyof typeof BOUNDS, { metadata }: Revision, serving: Container | undefined): Amounts {
  const percent = Number.parseFloat(annotationOf(metadata.annotations, annotations.queueSidecarResourcePercentage) ?? '');
  if (Number.isNaN(percent)) return {};
  return Object.fromEntries(
    (['cpu', 'memory'] as const).flatMap((resource) => {
      const amount = parseQuantity(serving?.resources?.[kind]?.[resource] ?? 0) ?? 0;
      if (amount === 0) return [];
      const [least, most] = BOUNDS[kind][resource];
      const value = Math.min(Math.max((amount * percent) / 100, least), most);
      return [[resource, resource === 'cpu' ? `${Math.floor(value * 1000)}m` : String(Math.floor(value))]];
    }),
  );
}
