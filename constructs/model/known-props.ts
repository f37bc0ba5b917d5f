import { nearest } from '../../lib/api';
import { type FieldError, isJsonObject } from '../../lib/base';
import type { ContainerProps, MainContainerProps, ResourcesProps } from './container';
import type { DomainMappingProps } from './domain-mapping';
import type { LocalProps } from './local';
import type { MetadataProps } from './metadata';
import type { QueueSidecarAmounts, QueueSidecarProps } from './queue-sidecar';
import type { TrafficSplitProps } from './route';
import type { ConcurrencyProps, ScaleProps } from './scale';
import type { KnServiceProps } from './service';
import type { TimeoutProps } from './template';
import type { TrafficTarget } from './traffic';
import type { MountProps, VolumeProps } from './volume';

/** `any` for a value that is not looked into, else the props of the object, or of each in a list. */
export type Known = { readonly [prop: string]: 'any' | Known };
/** Exactly the props of an interface: one too many or too few does not compile. */
type Props<T> = { readonly [prop in keyof Required<T>]: 'any' | Known };

const metadata = { name: 'any', namespace: 'any', labels: 'any', annotations: 'any' } satisfies Props<MetadataProps>;
const local = { command: 'any', cwd: 'any', env: 'any', allowCommand: 'any' } satisfies Props<LocalProps>;
const resources = { requests: 'any', limits: 'any' } satisfies Props<ResourcesProps>;
const mount = { volume: 'any', mountPath: 'any', subPath: 'any', readOnly: 'any' } satisfies Props<MountProps>;
const target = { revision: 'any', service: 'any', percent: 'any', tag: 'any' } satisfies Props<TrafficTarget>;
const concurrency = { target: 'any', utilization: 'any', hardLimit: 'any' } satisfies Props<ConcurrencyProps>;
const timeouts = { request: 'any', responseStart: 'any', idle: 'any' } satisfies Props<TimeoutProps>;

const scale = {
  ...{ min: 'any', max: 'any', initial: 'any', activation: 'any', window: 'any', metric: 'any', target: 'any' },
  ...{ utilization: 'any', downDelay: 'any', retention: 'any', burst: 'any', aggregation: 'any', class: 'any' },
  panic: { window: 'any', threshold: 'any' },
} satisfies Props<ScaleProps>;

const volume = {
  ...{ name: 'any', mountPath: 'any', subPath: 'any', readOnly: 'any', configMap: 'any', secret: 'any', projected: 'any' },
  ...{ persistentVolumeClaim: 'any', volume: 'any', items: 'any', optional: 'any', defaultMode: 'any' },
  emptyDir: { medium: 'any', sizeLimit: 'any' },
} satisfies Props<VolumeProps>;

const mainContainer = {
  ...{ image: 'any', command: 'any', args: 'any', workingDir: 'any', imagePullPolicy: 'any', env: 'any', envFrom: 'any' },
  ...{ port: 'any', protocol: 'any', readiness: 'any', liveness: 'any', startup: 'any', securityContext: 'any' },
  resources,
  local,
} satisfies Props<MainContainerProps>;

const container = { ...mainContainer, name: 'any', mounts: mount } satisfies Props<ContainerProps>;
const routed = { name: 'any', metadata, visibility: 'any', rolloutDuration: 'any', silence: 'any' } as const;

const amounts = { cpu: 'any', memory: 'any', ephemeralStorage: 'any' } satisfies Props<QueueSidecarAmounts>;
const queueSidecar = { enabled: 'any', requests: amounts, limits: amounts } satisfies Props<QueueSidecarProps>;

const serviceProps = {
  ...mainContainer,
  ...routed,
  ...{ containerName: 'any', serviceAccount: 'any', automountServiceAccountToken: 'any', imagePullSecrets: 'any' },
  ...{ progressDeadline: 'any', retain: 'any', revision: 'any' },
  ...{ sidecars: container, volumes: volume, concurrency, scale, timeouts, queueSidecar, traffic: target },
  template: { labels: 'any', annotations: 'any' },
} satisfies Props<KnServiceProps>;

const splitProps = { ...routed, targets: target } satisfies Props<TrafficSplitProps>;

const domainProps = {
  ...{ domain: 'any', to: 'any', tlsSecret: 'any', http: 'any', claim: 'any', silence: 'any' },
  metadata: { namespace: 'any', labels: 'any', annotations: 'any' },
} satisfies Props<DomainMappingProps>;

/**
 * Props that no interface has, with the one that was probably meant. The compiler says the same to those who use it; this is for
 * JavaScript and for loaders that strip types.
 */
export const unknownServiceProps = (props: KnServiceProps): FieldError[] => [...unknown(props, serviceProps, '')];

/** As `unknownServiceProps`, of a split over several services. */
export const unknownSplitProps = (props: TrafficSplitProps): FieldError[] => [...unknown(props, splitProps, '')];

/** As `unknownServiceProps`, of a mapped domain. */
export const unknownDomainProps = (props: DomainMappingProps): FieldError[] => [...unknown(props, domainProps, '')];

/** As `unknownServiceProps`, of any construct. */
export const unknownProps = (props: object, known: Known): FieldError[] => [...unknown(props, known, '')];

function* unknown(value: unknown, known: Known, at: string): Generator<FieldError> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* unknown(item, known, `${at}[${i}]`);
  } else if (isPlain(value)) {
    for (const [prop, inner] of Object.entries(value)) {
      const path = at === '' ? prop : `${at}.${prop}`;
      const props = Object.hasOwn(known, prop) ? known[prop] : undefined;
      if (props === undefined && inner !== undefined) yield unknownProp(prop, path, Object.keys(known));
      else if (typeof props === 'object') yield* unknown(inner, props, path);
    }
  }
}

/** An object literal: constructs and values of other libraries have props of their own. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function unknownProp(prop: string, path: string, known: readonly string[]): FieldError {
  const meant = nearest(prop, known);
  const remedy = meant ? `Did you mean ${JSON.stringify(meant)}?` : `The props here are ${[...known].sort().join(', ')}.`;
  return { message: `unknown prop ${JSON.stringify(prop)}`, paths: [path], remedy };
}
