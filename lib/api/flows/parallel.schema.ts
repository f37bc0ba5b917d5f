import {
  AuthStatus,
  addressStatus,
  ChannelTemplateSpec,
  DeliverySpec,
  Destination,
  flowPart,
  policiesStatus,
} from '../eventing/duck.schema';
import { define, list } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const ParallelBranch = define(
  'ParallelBranch',
  'One way that an event may take.',
  {
    filter: Destination,
    subscriber: Destination,
    reply: Destination,
    delivery: DeliverySpec,
  },
  { required: ['subscriber'] },
);

const ParallelSpec = define(
  'ParallelSpec',
  'Ways that an event takes at the same time.',
  {
    branches: list(ParallelBranch, 'The ways.', {
      maxItems: 100,
      rules: [{ rule: 'size(self) > 0', message: 'missing field(s): branches' }],
    }),
    channelTemplate: ChannelTemplateSpec,
    reply: Destination,
  },
  { required: ['branches'] },
);

const ParallelBranchStatus = define('ParallelBranchStatus', 'What is known of a branch.', {
  filterSubscriptionStatus: flowPart('ParallelFilterSubscriptionStatus', 'subscription'),
  filterChannelStatus: flowPart('ParallelChannelStatus', 'channel'),
  subscriberSubscriptionStatus: flowPart('ParallelSubscriptionStatus', 'subscription'),
});

export const Parallel = kind(
  'flows.knative.dev/v1',
  'Parallel',
  'Ways that an event takes at the same time, each of them after a filter.',
  ParallelSpec,
  status('ParallelStatus', 'What is known of it.', {
    ingressChannelStatus: flowPart('ParallelIngressChannelStatus', 'channel'),
    branchStatuses: list(ParallelBranchStatus, 'Its branches.'),
    ...addressStatus,
    ...policiesStatus,
    auth: AuthStatus,
  }),
);
