import type { Construct } from 'constructs';
import { RouteType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import {
  blueGreen,
  canary,
  type DomainOptions,
  type Route,
  routedMetadata,
  routeObject,
  routeProblems,
  type TrafficSplitProps,
  type TrafficTarget,
  weighted,
} from '../model';
import { type DomainMapping, mapDomain } from './domain-mapping';
import { KnResource } from './kn-resource';

const TRAFFIC_SPLIT = Symbol.for('knative-constructs.TrafficSplit');

/**
 * A split of requests. The static functions make the list of targets for one service (`service.splitTraffic()`, or the prop
 * `traffic`) and for several alike; the construct gives several services one host of their own, as a Route.
 *
 * @example
 * hello.splitTraffic(TrafficSplit.canary({ stable: 'hello-00001', percent: 10, tag: 'next' }));
 * @example
 * new TrafficSplit(chart, 'shop', {
 *   targets: TrafficSplit.canary({ stable: shop, next: newShop, percent: 10, tag: 'next' }),
 * });
 * @see https://knative.dev/docs/serving/traffic-management/
 */
export class TrafficSplit extends KnResource<Route> {
  /** A small share of the requests to something new, the rest to what has proved itself. */
  static readonly canary = canary;
  /** All requests to one side, the other side ready and reachable by its tag. */
  static readonly blueGreen = blueGreen;
  /** Shares by revision name: `{ 'hello-00001': 80, latest: 20 }`. */
  static readonly weighted = weighted;

  /** True if `x` is a `TrafficSplit`, also one of another copy of this package. */
  static isTrafficSplit(x: unknown): x is TrafficSplit {
    return typeof x === 'object' && x !== null && TRAFFIC_SPLIT in x;
  }

  static override [Symbol.hasInstance](x: unknown): boolean {
    return TrafficSplit.isTrafficSplit(x);
  }

  #props: TrafficSplitProps;

  constructor(scope: Construct, id: string, props: TrafficSplitProps) {
    super(scope, id, RouteType, { metadata: routedMetadata(props), silence: props.silence });
    this.#props = props;
    Object.defineProperty(this, TRAFFIC_SPLIT, { value: true });
  }

  /** The targets; a copy. */
  get targets(): readonly TrafficTarget[] {
    return [...this.#props.targets];
  }

  /** Adds a target. */
  addTarget(target: TrafficTarget): this {
    this.#props = { ...this.#props, targets: [...this.#props.targets, target] };
    return this;
  }

  /** Leads a domain of your own here: `split.addDomain('shop.example.com')`. */
  addDomain(domain: string, options: DomainOptions = {}): DomainMapping {
    return mapDomain(this, domain, options);
  }

  protected override model(): Route {
    return routeObject(this.name, this.#props);
  }

  protected override problems(): readonly FieldError[] {
    return routeProblems(this.#props);
  }
}
