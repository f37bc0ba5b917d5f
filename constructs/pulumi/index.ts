/** Knative components for Pulumi, made from the same model as the cdk8s constructs. */
export { Delivery, Filter, Probe, RevisionName, RevisionRef, Sink } from '../model';
export type { AwaitProps } from './await';
export { Broker } from './broker';
export { Channel } from './channel';
export type { ComponentArgs } from './component';
export { DomainMapping, type DomainMappingArgs } from './domain-mapping';
export type { EventingArgs } from './eventing-component';
export type { DeepInput, DeepInputs, NamedResource } from './inputs';
export { KnService, type KnServiceArgs } from './kn-service';
export { Parallel } from './parallel';
export { PingSource } from './ping-source';
export { StatusResource } from './resource';
export { Sequence } from './sequence';
export { Subscription } from './subscription';
export { TrafficSplit, type TrafficSplitArgs, type TrafficTargets } from './traffic-split';
export type { ResourceArgs, Transform } from './transform';
export { Trigger } from './trigger';
