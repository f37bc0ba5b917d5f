export { Cancellation, type CancelSignal } from './cancellation';
export { INGRESS_CLASS } from './directory';
export * from './gateway';
export * from './http-listener';
export type { InnerHosts } from './inner-hosts';
export * from './message';
export type { HostConflict, ProgrammedIngress } from './route-table';
export type { Stat } from './stats';
export * from './transport';
