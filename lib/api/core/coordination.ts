import type { KubeObject } from '../meta';
import { resourceType } from '../resource-type';

/** A claim that is renewed while its holder lives (coordination.k8s.io/v1). */
export interface Lease extends KubeObject {
  readonly spec?: {
    /** Nobody, if empty. */
    readonly holderIdentity?: string;
    /** How long after a renewal others have to wait, in seconds. */
    readonly leaseDurationSeconds?: number;
    /** RFC 3339 with microseconds. */
    readonly acquireTime?: string;
    readonly renewTime?: string;
    /** How often the holder has changed. */
    readonly leaseTransitions?: number;
  };
}

export const LeaseType = resourceType<Lease>('coordination.k8s.io/v1', 'Lease', 'leases', { statusSubresource: false });
