import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { RouteType } from '../../lib/api';
import {
  type BlueGreenProps,
  blueGreen,
  type CanaryProps,
  canary,
  type Route,
  routeObject,
  routeProblems,
  type TrafficSplitProps,
  type TrafficTarget,
  weighted,
} from '../model';
import { type ComponentArgs, KnComponent } from './component';
import type { DeepInput, DeepInputs } from './inputs';
import type { Transform } from './transform';

/** A list of targets whose members may be outputs. */
export type TrafficTargets = readonly DeepInput<TrafficTarget>[];

/** Arguments of `TrafficSplit`: the props of the cdk8s construct of that name, each an `Input` at every depth. */
export interface TrafficSplitArgs extends DeepInputs<Omit<TrafficSplitProps, 'silence'>>, ComponentArgs {
  /** Changes the Route before it is made. @default - none */
  readonly transform?: { readonly route?: Transform };
}

/**
 * A split of requests, made from the same model as the cdk8s construct: a Route over several services. The static functions
 * make lists of targets for it and for `traffic` of a `KnService`.
 *
 * @example
 * new TrafficSplit('shop', { targets: TrafficSplit.canary({ stable: shop, next: newShop, percent: 10 }) });
 * @see https://knative.dev/docs/serving/traffic-management/
 */
export class TrafficSplit extends KnComponent<Omit<TrafficSplitProps, 'silence'>, Route> {
  /** A small share of the requests to something new, the rest to what has proved itself. */
  static canary(props: DeepInputs<CanaryProps>): TrafficTargets {
    return canary(props as CanaryProps);
  }

  /** All requests to one side, the other side ready and reachable by its tag. */
  static blueGreen(props: DeepInputs<Omit<BlueGreenProps, 'live'>> & Pick<BlueGreenProps, 'live'>): TrafficTargets {
    return blueGreen(props as BlueGreenProps);
  }

  /** Shares by revision name: `{ 'hello-00001': 80, latest: 20 }`. */
  static weighted(percents: DeepInputs<Record<string, number>>): TrafficTargets {
    return weighted(percents as Record<string, number>);
  }

  constructor(name: string, args: TrafficSplitArgs, opts?: ComponentResourceOptions) {
    const { transform, ...rest } = args;
    super('knative-constructs:serving:TrafficSplit', name, recipe, rest, transform?.route, opts);
    this.registerOutputs({ name: this.name, namespace: this.namespace, url: this.url });
  }
}

const recipe = {
  type: RouteType,
  child: 'route',
  object: routeObject,
  problems: (_name: string, props: TrafficSplitProps) => routeProblems(props),
  complete: (route: Route) => route,
};
