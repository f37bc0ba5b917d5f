export type {
  Addressable,
  AppliedEventPolicyRef,
  AuthStatus,
  CloudEventAttributes,
  CloudEventOverrides,
  DeliverySpec,
  Destination,
} from '../generated/types';
export * from './broker';
export * from './consumer-options';
export { destinationErrors } from './destination';
export * from './event-policy';
export * from './event-transform';
export * from './event-type';
export { filterErrors } from './filters';
export * from './iso-duration';
export { selectorMatches } from './label-selector';
export * from './request-reply';
export * from './trigger';
export * from './trigger-broker';
