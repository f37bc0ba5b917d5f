export type {
  FlowCondition,
  FlowObjectReference,
  ParallelBranchStatus,
  ParallelChannelStatus,
  ParallelFilterSubscriptionStatus,
  ParallelIngressChannelStatus,
  ParallelSubscriptionStatus,
  SequenceChannelStatus,
  SequenceSubscriptionStatus,
} from '../generated/types';
export * from './parallel';
export * from './sequence';
