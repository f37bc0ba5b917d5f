import { type FieldError, missingField, via } from '../../base';
import { ConditionSet } from '../conditions';
import { channelTemplateFor, type ServingConfig } from '../config';
import { addressColumns } from '../eventing/columns';
import { deliveryErrors } from '../eventing/delivery';
import { defaultDestination, destinationErrors } from '../eventing/destination';
import type { Parallel, ParallelBranch } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { channelTemplateErrors } from '../messaging/channel-template';
import { resourceType } from '../resource-type';

export type { Parallel, ParallelBranch, ParallelSpec, ParallelStatus } from '../generated/types';

/** Ways that an event takes at the same time. */
export const ParallelType = resourceType<Parallel>('flows.knative.dev/v1', 'Parallel', 'parallels', {
  categories: ['all', 'knative', 'flows'],
  columns: addressColumns,
});

export const parallelConditions = new ConditionSet('Ready', [
  'ChannelsReady',
  'SubscriptionsReady',
  'Addressable',
  'EventPoliciesReady',
]);

const defaultBranch = (branch: ParallelBranch, namespace: string | undefined): ParallelBranch => ({
  ...branch,
  subscriber: defaultDestination(branch.subscriber, namespace),
  ...(branch.filter ? { filter: defaultDestination(branch.filter, namespace) } : {}),
  ...(branch.reply ? { reply: defaultDestination(branch.reply, namespace) } : {}),
});

function setDefaults(parallel: Parallel, { eventing }: ServingConfig): Parallel {
  const { namespace } = parallel.metadata;
  const { branches, reply, channelTemplate = channelTemplateFor(eventing.channel, namespace) } = parallel.spec;
  return {
    ...parallel,
    spec: {
      ...parallel.spec,
      channelTemplate,
      branches: branches.map((branch) => defaultBranch(branch, namespace)),
      ...(reply ? { reply: defaultDestination(reply, namespace) } : {}),
    },
  };
}

function validate({ spec }: Parallel, { eventing: { features } }: ServingConfig): FieldError[] {
  const { branches, channelTemplate, reply } = spec;
  return via('spec', [
    ...(branches.length === 0 ? [missingField('branches')] : []),
    ...branches.flatMap((branch, i) =>
      via(`branches[${i}]`, [
        ...via('filter', destinationErrors(branch.filter)),
        ...via('subscriber', destinationErrors(branch.subscriber)),
        ...via('reply', destinationErrors(branch.reply)),
        ...via('delivery', deliveryErrors(branch.delivery, features)),
      ]),
    ),
    ...channelTemplateErrors(channelTemplate),
    ...via('reply', destinationErrors(reply)),
  ]);
}

export const parallelRules: KindRules<Parallel> = { setDefaults, validate };
