export type { Address } from './address';
export { DomainMapping } from './domain-mapping';
export { type IKnService, KnService } from './kn-service';
export { TrafficSplit } from './traffic-split';
