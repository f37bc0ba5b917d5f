export type { Address } from './address';
export { ArgoCd, type ArgoHook, type ArgoHookDeletion, type ArgoSyncOptions } from './argo-cd';
export { DomainMapping } from './domain-mapping';
export { type IKnService, KnService } from './kn-service';
export { TrafficSplit } from './traffic-split';
