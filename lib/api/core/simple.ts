import type { KubeObject } from '../meta';
import { resourceType } from '../resource-type';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface Secret extends KubeObject {
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
  /** Values in clear; an API server moves them to `data`. */
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export type Namespace = KubeObject;
export interface ServiceAccount extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** A core/v1 Event: what a controller did or could not do, shown by `kubectl describe`. */
export interface Event extends KubeObject {
  readonly involvedObject: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly type?: 'Normal' | 'Warning';
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly source?: { readonly component?: string };
}

export const ConfigMapType = resourceType<ConfigMap>('v1', 'ConfigMap', 'configmaps', {
  shortNames: ['cm'],
  statusSubresource: false,
});
export const SecretType = resourceType<Secret>('v1', 'Secret', 'secrets', { statusSubresource: false });
export const NamespaceType = resourceType<Namespace>('v1', 'Namespace', 'namespaces', { shortNames: ['ns'], namespaced: false });
export const ServiceAccountType = resourceType<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts', {
  shortNames: ['sa'],
  statusSubresource: false,
});
export const EventType = resourceType<Event>('v1', 'Event', 'events', { shortNames: ['ev'], statusSubresource: false });
