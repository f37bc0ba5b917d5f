import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { BrokerType } from '../../lib/api';
import {
  type Broker as BrokerObject,
  type BrokerProps,
  brokerRecipe,
  type FilterLike,
  type SinkTarget,
  type TriggerOptions,
} from '../model';
import { EventingResource } from './eventing-resource';
import { Existing, type ExistingOptions, freeId } from './existing';
import { Trigger } from './trigger';

/** A broker, made here or existing already. */
export interface IBroker extends IConstruct, SinkTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  /**
   * Leads events to a subscriber: those of a type, or those that a filter lets pass.
   * @param events a type, `order.created`; a filter; or both, with the filter as `where`
   */
  on(events: string | FilterLike, options: TriggerOptions): Trigger;
  /** Leads every event to a subscriber. */
  onAny(options: TriggerOptions): Trigger;
}

/**
 * A place to which events are sent, and from which triggers take those that they want.
 *
 * @example
 * const orders = new Broker(chart, 'orders', { name: 'orders' });
 * orders.on('order.created', { to: fulfil, where: Filter.cesql("source LIKE '/shop/%'") });
 * @see https://knative.dev/docs/eventing/brokers/
 */
export class Broker extends EventingResource<BrokerProps, BrokerObject> implements IBroker {
  /** A broker that exists already, or is defined elsewhere. */
  static fromBrokerName(scope: Construct, id: string, name: string, options: ExistingOptions = {}): IBroker {
    return new ExistingBroker(scope, id, BrokerType, name, options);
  }

  constructor(scope: Construct, id: string, props: BrokerProps = {}) {
    super(scope, id, brokerRecipe, props);
  }

  on(events: string | FilterLike, options: TriggerOptions): Trigger {
    return subscribe(this, events, options);
  }

  onAny(options: TriggerOptions): Trigger {
    return subscribe(this, undefined, options);
  }
}

/** What `fromBrokerName` gives. */
class ExistingBroker extends Existing implements IBroker {
  on(events: string | FilterLike, options: TriggerOptions): Trigger {
    return subscribe(this, events, options);
  }

  onAny(options: TriggerOptions): Trigger {
    return subscribe(this, undefined, options);
  }
}

function nameOfSink(to: TriggerOptions['to']): string {
  if (typeof to !== 'object' || to === null) return 'nothing';
  if ('name' in to) return to.name;
  if ('target' in to && to.target) return to.target.name;
  return URL.canParse(to.uri) ? new URL(to.uri).hostname : 'uri';
}

/** A trigger below its broker, in the same namespace; upstream keeps them together unless a feature is on. */
function subscribe(broker: Construct & IBroker, events: string | FilterLike | undefined, options: TriggerOptions): Trigger {
  const { where, metadata } = options;
  const type = typeof events === 'string' ? events : undefined;
  const filters = [
    ...(typeof events === 'object' ? [events] : []),
    ...(where === undefined ? [] : ([where].flat() as FilterLike[])),
  ];
  const label = type ?? (events === undefined ? 'any' : 'filter');
  // It becomes a part of names, where types may hold more than names can.
  const id = freeId(broker, `on-${label}-${nameOfSink(options.to)}`.replace(/[^A-Za-z0-9-]+/g, '-'));
  const { namespace } = broker;
  const own = namespace !== undefined && namespace !== Chart.of(broker).namespace ? { namespace } : {};
  return new Trigger(broker, id, {
    ...options,
    broker,
    ...(type === undefined ? {} : { type }),
    ...(filters.length > 0 ? { where: filters } : {}),
    ...(metadata || namespace !== undefined ? { metadata: { ...own, ...metadata } } : {}),
  });
}
