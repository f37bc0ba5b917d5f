import {
  type Broker,
  type BrokerStatus,
  BrokerType,
  brokerConditions,
  type Conditions,
  ConfigMapType,
  EventPolicyType,
  isServedBroker,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { servingOf } from '../data-plane';
import {
  type DeadLetterStatus,
  deadLetterStatus,
  markDeadLettersFailed,
  markDeadLettersResolved,
  markNoDeadLetters,
} from '../dead-letter';
import { destinationReads, resolveDestination } from '../destination';
import { eventingAddressables } from '../kinds';
import { audienceField, planPolicies, policyReads } from '../policies';
import { settingsProblem, settingsReads } from './settings';

/** Where the brokers of all namespaces are reached inside the cluster, as upstream has it. */
const INGRESS = 'broker-ingress.knative-eventing.svc';
const NO_ENDPOINTS = ['EndpointSlicesUnavailable', 'EndpointSlices are unavailable.'] as const;

function addressOf(broker: Stored<Broker>, config: ServingConfig): BrokerStatus['address'] {
  const { namespace, name } = broker.metadata;
  const url = `http://${INGRESS}.${config.domain.clusterDomain}/${namespace}/${name}`;
  return { name: 'http', url, ...audienceField(BrokerType, broker, config) };
}

/** What of a broker the engine that delivers events stands for: its door, the log behind it, the filters. */
function markServed(conditions: Conditions, served: boolean, problem: string | undefined): Conditions {
  if (problem !== undefined) return conditions.markFalse('IngressReady', 'ServiceFailure', problem);
  if (served) return conditions.markTrue('TriggerChannelReady').markTrue('FilterReady').markTrue('IngressReady');
  return conditions
    .markUnknown('TriggerChannelReady', 'NoAddress', 'Channel does not have an address.')
    .markUnknown('FilterReady', ...NO_ENDPOINTS)
    .markUnknown('IngressReady', ...NO_ENDPOINTS);
}

interface DeadLetters {
  readonly conditions: Conditions;
  readonly fields: DeadLetterStatus;
  readonly problem?: string;
}

function planDeadLetters(conditions: Conditions, { spec }: Broker, observed: Observed, config: ServingConfig): DeadLetters {
  const sink = spec?.delivery?.deadLetterSink;
  if (!sink) return { conditions: markNoDeadLetters(conditions), fields: {} };
  try {
    const fields = deadLetterStatus(resolveDestination(sink, observed, config));
    return { conditions: markDeadLettersResolved(conditions), fields };
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const failed = markDeadLettersFailed(conditions, "Unable to get the dead letter sink's URI", error.message);
    return { conditions: failed, fields: {}, problem: error.message };
  }
}

function plan(parent: Stored<Broker>, observed: Observed, config: ServingConfig, now: number): Plan {
  const broker = setDefaults(parent, config);
  if (!isServedBroker(broker)) return {};
  const { ask, answer, served } = servingOf('broker', parent, observed);
  const policies = planPolicies(beginConditions(parent, brokerConditions, now), BrokerType, parent, observed, config);
  let { conditions } = policies;
  const settings = settingsProblem(broker, observed, config);
  conditions = markServed(conditions, served, answer?.problem);
  // An address that was told stays: senders may have it.
  const address = served || parent.status?.address ? addressOf(parent, config) : undefined;
  if (address) conditions = conditions.markTrue('Addressable');
  const dead = planDeadLetters(conditions, broker, observed, config);
  conditions = dead.conditions;
  let problem = dead.problem;
  if (settings !== undefined) {
    problem = `Error on setting up the ChannelTemplate: ${settings}`;
    conditions = conditions.markFalse('TriggerChannelReady', 'ChannelTemplateFailed', problem);
  }
  const status: BrokerStatus = finishStatus(parent, conditions, {
    ...(address ? { address } : {}),
    ...dead.fields,
    ...policies.fields,
  });
  return { asks: [ask], status, events: problem === undefined ? [] : errorEvents(parent, conditions, problem) };
}

/** Says of a broker where it is reached, and whether the engine that delivers events serves it. It has no channel of its own. */
export const brokerReconciler: Reconciler<Broker, ServingConfig> = {
  name: 'broker-controller',
  type: BrokerType,
  watches: [ConfigMapType, EventPolicyType, ...eventingAddressables],
  reads(parent, config) {
    const broker = setDefaults(parent, config);
    if (!isServedBroker(broker)) return [];
    return [
      ...settingsReads(broker, config),
      ...destinationReads(broker.spec?.delivery?.deadLetterSink),
      ...policyReads(parent, config),
    ];
  },
  plan,
};
