import type { KubeObject } from '../meta';
import { resourceType } from '../resource-type';
import type { IntOrString } from './pod';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: IntOrString;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly nodePort?: number;
}

/** The core Service; named so that it is not taken for Knative's. */
export interface K8sService extends KubeObject {
  readonly spec: {
    readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalName?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
    readonly sessionAffinity?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly [field: string]: unknown;
  };
  readonly status?: { readonly loadBalancer?: Readonly<Record<string, unknown>> };
}

export const K8sServiceType = resourceType<K8sService>('v1', 'Service', 'services', { shortNames: ['svc'], categories: ['all'] });
