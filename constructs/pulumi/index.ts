/** Knative components for Pulumi, made from the same model as the cdk8s constructs. */
export { Probe, RevisionName, RevisionRef } from '../model';
export type { AwaitProps } from './await';
export type { ComponentArgs } from './component';
export { DomainMapping, type DomainMappingArgs } from './domain-mapping';
export type { DeepInput, DeepInputs, NamedResource } from './inputs';
export { KnService, type KnServiceArgs } from './kn-service';
export { StatusResource } from './resource';
export { TrafficSplit, type TrafficSplitArgs, type TrafficTargets } from './traffic-split';
export type { ResourceArgs, Transform } from './transform';
