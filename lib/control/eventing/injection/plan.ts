import {
  annotationOf,
  annotations,
  type Broker,
  BrokerType,
  type Namespace,
  NamespaceType,
  type ServingConfig,
  type Trigger,
  TriggerType,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';

const DEFAULT = 'default';

/** A broker of this name in a namespace, made once if there is none; it belongs to nobody, and stays. */
function inject(namespace: string, name: string, observed: Observed, message: string): Plan {
  if (observed.get(BrokerType, namespace, name)) return {};
  const object: Broker = {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: { name, namespace, labels: { 'eventing.knative.dev/injected': 'true' } },
  };
  const failure = observed.failure(BrokerType, namespace, name);
  const event = failure === undefined ? ({ type: 'Normal', reason: 'BrokerCreated', message } as const) : undefined;
  return { apply: [{ type: BrokerType, object }], events: event ? [event] : [] };
}

const wantsBroker = ({ metadata, spec }: Trigger): boolean =>
  annotationOf(metadata.annotations, annotations.injection) === 'enabled' && spec.broker === DEFAULT;

/** Makes the broker `default` for a trigger that is annotated `eventing.knative.dev/injection: enabled`. */
export const triggerInjectionReconciler: Reconciler<Trigger, ServingConfig> = {
  name: 'sugar-trigger-controller',
  type: TriggerType,
  watches: [BrokerType],
  reads: (trigger) => (wantsBroker(trigger) ? [{ type: BrokerType, namespace: trigger.metadata.namespace, name: DEFAULT }] : []),
  plan(trigger, observed) {
    if (!wantsBroker(trigger)) return {};
    const message = `Default eventing.knative.dev Broker ${JSON.stringify(DEFAULT)} created.`;
    return inject(trigger.metadata.namespace ?? '', DEFAULT, observed, message);
  },
};

const wantsDefault = ({ metadata }: Namespace): boolean =>
  annotationOf(metadata.labels, annotations.injection) === 'enabled' && !metadata.deletionTimestamp;

/** Makes the broker `default` in a namespace that is labelled `eventing.knative.dev/injection=enabled`. */
export const namespaceInjectionReconciler: Reconciler<Namespace, ServingConfig> = {
  name: 'sugar-namespace-controller',
  type: NamespaceType,
  watches: [BrokerType],
  reads: (namespace) =>
    wantsDefault(namespace) ? [{ type: BrokerType, namespace: namespace.metadata.name ?? '', name: DEFAULT }] : [],
  plan(namespace, observed) {
    if (!wantsDefault(namespace)) return {};
    return inject(namespace.metadata.name, DEFAULT, observed, 'Default eventing.knative.dev Broker created.');
  },
};
