import {
  annotationOf,
  annotations,
  type Broker,
  BrokerType,
  type KubeObject,
  type LabelSelector,
  type Namespace,
  NamespaceType,
  type ServingConfig,
  selectorMatches,
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

const says = (all: Readonly<Record<string, string>> | undefined): boolean =>
  annotationOf(all, annotations.injection) === 'enabled';

const selected = (selector: LabelSelector | undefined, { metadata }: KubeObject): boolean =>
  selector !== undefined && selectorMatches(selector, metadata.labels);

/** The broker that is made for a trigger: `default` if its annotation asks for it, any if the installation's selector has the trigger. */
function wantedBroker(trigger: Trigger, { eventing }: ServingConfig): string | undefined {
  const { metadata, spec } = trigger;
  const asks = says(metadata.annotations) && spec.broker === DEFAULT;
  return asks || selected(eventing.sugar.triggerSelector, trigger) ? spec.broker || undefined : undefined;
}

/**
 * Makes the broker of a trigger: `default` for one that is annotated `eventing.knative.dev/injection: enabled`, and whatever broker it
 * names for one that the `trigger-selector` of ConfigMap `config-sugar` matches.
 */
export const triggerInjectionReconciler: Reconciler<Trigger, ServingConfig> = {
  name: 'sugar-trigger-controller',
  type: TriggerType,
  watches: [BrokerType],
  reads(trigger, config) {
    const name = wantedBroker(trigger, config);
    return name === undefined ? [] : [{ type: BrokerType, namespace: trigger.metadata.namespace, name }];
  },
  plan(trigger, observed, config) {
    const name = wantedBroker(trigger, config);
    if (name === undefined) return {};
    const message = `Default eventing.knative.dev Broker ${JSON.stringify(name)} created.`;
    return inject(trigger.metadata.namespace ?? '', name, observed, message);
  },
};

const wantsDefault = (namespace: Namespace, { eventing }: ServingConfig): boolean =>
  (says(namespace.metadata.labels) || selected(eventing.sugar.namespaceSelector, namespace)) &&
  !namespace.metadata.deletionTimestamp;

/**
 * Makes the broker `default` in a namespace that is labelled `eventing.knative.dev/injection=enabled`, or that the `namespace-selector`
 * of ConfigMap `config-sugar` matches.
 */
export const namespaceInjectionReconciler: Reconciler<Namespace, ServingConfig> = {
  name: 'sugar-namespace-controller',
  type: NamespaceType,
  watches: [BrokerType],
  reads: (namespace, config) =>
    wantsDefault(namespace, config) ? [{ type: BrokerType, namespace: namespace.metadata.name ?? '', name: DEFAULT }] : [],
  plan(namespace, observed, config) {
    if (!wantsDefault(namespace, config)) return {};
    return inject(namespace.metadata.name, DEFAULT, observed, 'Default eventing.knative.dev Broker created.');
  },
};
