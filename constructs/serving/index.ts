export type { Address } from './address';
export { type IKnService, KnService } from './kn-service';
export { TrafficSplit } from './traffic-split';
